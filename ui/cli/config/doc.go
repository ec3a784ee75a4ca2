// Package config is the configuration file: one TOML file under the user's
// configuration folder, read into one typed Config in which every value
// remembers where it came from.
//
// Decision: the file is read strictly. A key that is not known, a value of the wrong
// kind and a value that could never work are all reported, each with its line
// and column and with what to type instead; a file with one error is not used
// at all. Secrets are never printed: a Secret says where it is kept and tells
// itself only to Reveal.
//
// The system's keyring is asked by go-keyring, of which only keyring.go knows.
// It has no deadlines, so each question has a goroutine that ends with the
// answer, however late.
//
// The package lays the file over the defaults. Environment and flags are laid
// over that by the command line, with Override, so that the order is
// everywhere the same: flag, environment, file, default.
//
// Values come from go-toml's decoder. Their positions come from its parser,
// which has no guarantee of a stable interface; only document.go uses it.
//
// Nothing here is safe for concurrent use, and nothing needs to be: a Config is
// read once, before anything is started.
package config
