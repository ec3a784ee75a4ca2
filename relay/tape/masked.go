package tape

import "github.com/go-json-experiment/json/jsontext"

// Masked is a copy of a frame without its secrets, for people to read. The
// error says that it is no JSON.
func Masked(frame jsontext.Value) (jsontext.Value, error) { return mask(frame.Clone()) }
