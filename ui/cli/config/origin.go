package config

import (
	"fmt"
	"path/filepath"
)

// Layer is one of the places that a value can come from; a higher one wins.
type Layer uint8

// The layers.
const (
	FromDefault Layer = iota
	FromRunning       // told by the exchange that runs on this machine
	FromFile
	FromEnv
	FromFlag
)

var layerNames = [...]string{"default", "running exchange", "file", "environment", "flag"}

func (l Layer) String() string { return layerNames[min(int(l), len(layerNames)-1)] }

// Origin says where a value came from. The zero Origin is the default.
type Origin struct {
	Layer Layer
	Name  string // the flag, the variable or the file
	Line  int    // in the file, from 1
	Col   int    // in the file, in bytes from 1
	Note  string // more to know, such as which profile
}

// Flag is the origin of what was given by the flag of that name.
func Flag(name string) Origin { return Origin{Layer: FromFlag, Name: "--" + name} }

// Env is the origin of what an environment variable says.
func Env(name string) Origin { return Origin{Layer: FromEnv, Name: "$" + name} }

// String is the origin as "config check" shows it: "default",
// "config.toml:12", "$SIGNALWIRE_SPACE" or "--theme".
func (o Origin) String() string {
	s := o.Name
	switch {
	case o.Layer == FromFile:
		s = fmt.Sprintf("%s:%d", filepath.Base(o.Name), o.Line)
	case s == "":
		s = o.Layer.String()
	}
	if o.Note != "" {
		s += " (" + o.Note + ")"
	}
	return s
}

// Value is a setting with where it came from.
type Value[T any] struct {
	V      T
	Origin Origin
}

// Override lays a value over a setting.
func (v *Value[T]) Override(to T, from Origin) { v.V, v.Origin = to, from }

// Given reports whether anybody chose the value.
func (v Value[T]) Given() bool { return v.Origin.Layer != FromDefault }

func preset[T any](v T) Value[T] { return Value[T]{V: v} }
