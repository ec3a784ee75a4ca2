package cli

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var addOutputs = flag.Bool("add-outputs", false, "write new members of JSON outputs into the promise")

// promiseFile lists each member of each output with its type. Lines are only
// ever added.
var promiseFile = filepath.Join("testdata", "outputs.txt")

// conforms holds a text to the schema of an output, as cordpair prints it: one
// object, one array, or one object a line.
func conforms(t *testing.T, name, text string) {
	t.Helper()
	code, out, errs := runMain("schema", name)
	var s schema
	if err := json.Unmarshal([]byte(out), &s); code != ExitOK || err != nil {
		t.Fatalf("schema %s: exit %d, %v: %s", name, code, err, errs)
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	for n := 0; dec.More() || n == 0; n++ {
		var v any
		if err := dec.Decode(&v); err != nil {
			t.Errorf("%s: %v in %s", name, err, text)
			return
		}
		if err := s.holds(v, name); err != nil {
			t.Errorf("%v in %s", err, text)
		}
	}
}

// holds checks a value against the part of JSON Schema that we use. Members
// that the schema does not know are wrong here, since it is ours.
func (s *schema) holds(v any, at string) error {
	if len(s.OneOf) > 0 {
		var errs []error
		for _, one := range s.OneOf {
			err := one.holds(v, at)
			if err == nil {
				return nil
			}
			errs = append(errs, err)
		}
		return fmt.Errorf("%s fits none: %v", at, errs)
	}
	switch v := v.(type) {
	case map[string]any:
		return s.holdsObject(v, at)
	case []any:
		for i, item := range v {
			if s.Type != "array" {
				break
			}
			if err := s.Items.holds(item, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		return s.is("array", at)
	case string:
		if s.Enum != nil && !slices.Contains(s.Enum, v) {
			return fmt.Errorf("%s: %q is none of %q", at, v, s.Enum)
		}
		return s.is("string", at)
	case bool:
		return s.is("boolean", at)
	case json.Number:
		if _, err := v.Int64(); err != nil || s.Type == "number" {
			return s.is("number", at)
		}
		return s.is("integer", at)
	}
	return fmt.Errorf("%s is %v", at, v)
}

func (s *schema) holdsObject(v map[string]any, at string) error {
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			return fmt.Errorf("%s has no %s", at, name)
		}
	}
	for name, value := range v {
		p := s.Properties[name]
		if p == nil {
			return fmt.Errorf("%s: the schema does not know %s", at, name)
		}
		if err := p.holds(value, at+"."+name); err != nil {
			return err
		}
	}
	return s.is("object", at)
}

func (s *schema) is(kind, at string) error {
	if s.Type != kind {
		return fmt.Errorf("%s is of type %s, not %s", at, kind, s.Type)
	}
	return nil
}

// members lists what a schema promises.
func (s *schema) members(at string, add func(string)) {
	for _, one := range s.OneOf {
		one.members(at, add)
	}
	if s.Items != nil {
		s.Items.members(at+"[]", add)
	}
	for name, p := range s.Properties {
		add(at + "." + name + " " + p.Type)
		p.members(at+"."+name, add)
	}
}

// No member of an output is ever taken away, renamed or given another type.
//
//	go test ./ui/cli -run OutputsArePromised -add-outputs
func TestOutputsArePromised(t *testing.T) {
	data, err := os.ReadFile(promiseFile)
	if err != nil {
		t.Fatal(err)
	}
	var now []string
	for _, o := range outputs {
		o.schema().members(o.name, func(line string) { now = append(now, line) })
	}
	slices.Sort(now)
	now = slices.Compact(now)
	have := strings.Split(strings.TrimSpace(string(data)), "\n")
	for _, line := range have {
		if line != "" && !slices.Contains(now, line) {
			t.Errorf("%s was promised to programs and is gone", line)
		}
	}
	missing := slices.DeleteFunc(slices.Clone(now), func(line string) bool { return slices.Contains(have, line) })
	switch {
	case len(missing) == 0 || t.Failed():
	case *addOutputs:
		if err := os.WriteFile(promiseFile, []byte(strings.Join(now, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("new: go test ./ui/cli -run OutputsArePromised -add-outputs\n%s", strings.Join(missing, "\n"))
	}
}

// Outputs that need no server fit their schemas; the others are held to theirs
// where they are tested.
func TestOutputsFitTheirSchemas(t *testing.T) {
	configured(t, twoProfiles)
	for name, line := range map[string]string{
		"version": "version --json", "keys": "keys --json", "config": "config check --json", "doctor": "doctor --profile local --json", "history": "history --json",
	} {
		_, out, _ := runMain(strings.Fields(line)...)
		conforms(t, name, out)
	}
}

func TestSchemaCommand(t *testing.T) {
	_, out, _ := runMain("schema")
	for _, o := range outputs {
		if !strings.Contains(out, o.name+" ") {
			t.Errorf("%s is not listed", o.name)
		}
		text, err := o.text()
		if _, one, _ := runMain("schema", o.name); err != nil || one != string(text) || !bytes.Contains(text, []byte(schemaDialect)) {
			t.Errorf("%s: %v %s", o.name, err, one)
		}
	}
	if code, _, errs := runMain("schema", "conect"); code != ExitUsage || !strings.Contains(errs, `did you mean "connect"`) {
		t.Errorf("exit %d: %s", code, errs)
	}
}
