package cli

import (
	"encoding/json"
	"reflect"
	"strings"
)

// schemaDialect is what the schemas are written in.
const schemaDialect = "https://json-schema.org/draft/2020-12/schema"

// output is one kind of JSON that commands print. Its members are those of Go
// types: the tag json names a member, doc says what it is, enum lists all that
// a text can be.
type output struct {
	name, of string
	list     bool  // one array; else one object a line
	objects  []any // of these types
}

// outputs are all of them. What a member means never changes, and none is taken
// away or renamed; members can be added, so readers must pass over those that
// they do not know.
var outputs = []output{
	{"bench", "bench --json", false, []any{benchRecord{}}},
	{"call", "each line of calls --follow and of replay --json: a call that changed", false, []any{callRecord{}}},
	{"calls", "calls --json: the live calls", true, []any{callRecord{}}},
	{"config", "config check --json: every setting", true, []any{settingRecord{}}},
	{"connect", "each line of connect --json: a new state of the connect or, with --dial, of the first leg", false, []any{connectRecord{}, legRecord{}}},
	{"doctor", "doctor --json: every check", true, []any{checkRecord{}}},
	{"exchange", "the line of exchange once it can be used", false, []any{readyRecord{}}},
	{"history", "history --json: past calls and connects, the oldest first", true, []any{historyRecord{}}},
	{"keys", "keys --json: every action of the console", true, []any{keyRecord{}}},
	{"version", "version --json", false, []any{versionRecord{}}},
}

// schema is one in the words of JSON Schema.
type schema struct {
	Dialect     string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Type        string             `json:"type,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	OneOf       []*schema          `json:"oneOf,omitempty"`
}

func (o output) schema() *schema {
	var s *schema
	for _, object := range o.objects {
		one := schemaOf(reflect.TypeOf(object), "")
		if s == nil {
			s = one
			continue
		}
		s = &schema{OneOf: []*schema{s, one}}
	}
	if o.list {
		s = &schema{Type: "array", Items: s}
	}
	s.Dialect, s.Title, s.Description = schemaDialect, "cordpair "+o.name, o.of
	return s
}

// schemaOf describes a type of the outputs, which are of few kinds.
func schemaOf(t reflect.Type, tag reflect.StructTag) *schema {
	s := &schema{Description: tag.Get("doc")}
	if values, ok := tag.Lookup("enum"); ok {
		s.Enum = strings.Split(values, "|")
	}
	switch t.Kind() {
	case reflect.Struct:
		s.Type, s.Properties = "object", map[string]*schema{}
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			s.Properties[name] = schemaOf(f.Type, f.Tag)
			s.Required = append(s.Required, name)
		}
	case reflect.Slice:
		s.Type, s.Items = "array", schemaOf(t.Elem(), "")
	case reflect.Bool:
		s.Type = "boolean"
	case reflect.Int, reflect.Int64:
		s.Type = "integer"
	case reflect.Float64:
		s.Type = "number"
	default:
		s.Type = "string"
	}
	return s
}

// text is the schema as it is printed.
func (o output) text() ([]byte, error) {
	text, err := json.MarshalIndent(o.schema(), "", "  ")
	return append(text, '\n'), err
}
