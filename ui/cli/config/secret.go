package config

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// commandPatience bounds the program or the keyring that tells a secret: it may
// ask its owner for a password first.
const commandPatience = time.Minute

// Secret is a token and where it is kept: in the configuration file itself, in
// a variable, in a file, in the system's keyring, or with a program. No way of
// printing it shows more than that.
type Secret struct {
	text    string
	env     string
	file    string
	keyring string // service/account
	command []string
}

// Plain is a secret that is known already.
func Plain(text string) Secret { return Secret{text: text} }

// IsZero reports whether there is no secret at all.
func (s Secret) IsZero() bool {
	return s.text == "" && s.env == "" && s.file == "" && s.keyring == "" && len(s.command) == 0
}

// String says where it is kept.
func (s Secret) String() string {
	switch {
	case s.env != "":
		return masked + " in $" + s.env
	case s.file != "":
		return masked + " in " + s.file
	case s.keyring != "":
		return masked + " in the keyring, " + s.keyring
	case len(s.command) > 0:
		return masked + " from " + s.command[0]
	case s.text != "":
		return masked
	}
	return ""
}

// GoString is String; it keeps %#v from showing the secret.
func (s Secret) GoString() string { return s.String() }

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Reveal tells the secret. It may ask the keyring or run the program that keeps
// it, for at most a minute.
func (s Secret) Reveal(ctx context.Context) (string, error) {
	var text string
	switch {
	case s.env != "":
		text = os.Getenv(s.env)
		if strings.TrimSpace(text) == "" {
			return "", fmt.Errorf("the variable %s is not set", s.env)
		}
	case s.file != "":
		data, err := os.ReadFile(s.file)
		if err != nil {
			return "", err
		}
		text = string(data)
	case s.keyring != "":
		var err error
		if text, err = kept(ctx, s.keyring); err != nil {
			return "", err
		}
	case len(s.command) > 0:
		var err error
		if text, err = s.run(ctx); err != nil {
			return "", err
		}
	default:
		return s.text, nil
	}
	line, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	if line = strings.TrimSpace(line); line == "" {
		return "", errors.New("there is nothing in it")
	}
	return line, nil
}

// run asks the program; what it says to people goes to standard error.
func (s Secret) run(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.command[0], s.command[1:]...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", s.command[0], err)
	}
	return string(out), nil
}

// secret reads name, name_env, name_file, name_keyring and name_command, of
// which one may be given.
func (s *section) secret(name string, into *Value[Secret]) {
	var text, env, file, keyring Value[string]
	var command Value[[]string]
	s.quietly(func() { s.text(name, &text, notEmpty) })
	s.text(name+"_env", &env, checkVariable)
	s.text(name+"_file", &file, notEmpty)
	s.text(name+"_keyring", &keyring, CheckKept)
	s.quietly(func() { s.list(name+"_command", &command, nil) })
	given := 0
	for _, one := range []struct {
		key    string
		ok     bool
		secret Secret
	}{
		{name, text.Given(), Secret{text: text.V}},
		{name + "_env", env.Given(), Secret{env: env.V}},
		{name + "_file", file.Given(), Secret{file: expand(file.V, s.r.doc.name)}},
		{name + "_keyring", keyring.Given(), Secret{keyring: keyring.V}},
		{name + "_command", len(command.V) > 0, Secret{command: command.V}},
	} {
		if !one.ok {
			continue
		}
		if given++; given > 1 {
			s.wrong(one.key, nil, "is one too many: keep only one of %s, %[1]s_env, %[1]s_file, %[1]s_keyring and %[1]s_command", name)
		}
		into.Override(one.secret, s.origin(one.key))
	}
	if text.Given() {
		s.accept(name, masked)
		s.warn(name, "it stands in the open here: better %s_env, %[1]s_file, %[1]s_keyring or %[1]s_command", name)
		if _, err := os.Stat(s.r.doc.name); err == nil {
			s.checkMode(name, s.r.doc.name)
		}
	}
	if len(command.V) > 0 {
		s.accept(name+"_command", command.V[0]) // its arguments may be nobody else's business
	}
	if file.Given() {
		s.checkMode(name+"_file", expand(file.V, s.r.doc.name))
	}
	if keyring.Given() {
		s.r.kept = append(s.r.kept, Secret{keyring: keyring.V})
	}
}

// quietly keeps what is read out of the rows.
func (s *section) quietly(read func()) {
	n := len(s.r.rows)
	read()
	s.r.rows = s.r.rows[:n]
}

// checkMode warns of a secret that others can read.
func (s *section) checkMode(key, file string) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		s.warn(key, "%s", err)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		s.warn(key, "others can read %s: type chmod 600 %[1]s", file)
	}
}

func checkVariable(s string) error {
	if s == "" || strings.ContainsAny(s, "$= \t") {
		return fmt.Errorf("%q is no name of a variable: type for example SIGNALWIRE_API_TOKEN", s)
	}
	return nil
}
