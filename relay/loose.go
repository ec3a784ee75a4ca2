package relay

import (
	"errors"
	"reflect"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"cordpair/relay/wire"
)

// maxMistyped is how many members of the wrong type one event may have.
const maxMistyped = 8

// loosely is wire.Decode for what a server tells: a member of another type than
// we know, such as a timeout in quotes, costs itself and not the event. Those
// that are needed must be right.
func loosely(data jsontext.Value, v any, needed ...jsontext.Pointer) error {
	err := wire.Decode(data, v)
	for range maxMistyped {
		var mistyped *json.SemanticError
		if !errors.As(err, &mistyped) || slices.Contains(needed, mistyped.JSONPointer) {
			return err
		}
		rest, ok := without(data, slices.Collect(mistyped.JSONPointer.Tokens()))
		if !ok {
			return err
		}
		data = rest
		reflect.ValueOf(v).Elem().SetZero()
		err = wire.Decode(data, v)
	}
	return err
}

// without returns JSON less the value at a path; ok is false when there is none.
func without(data jsontext.Value, path []string) (rest jsontext.Value, ok bool) {
	if len(path) == 0 {
		return nil, false
	}
	switch data.Kind() {
	case '{':
		var members map[string]jsontext.Value
		if wire.Decode(data, &members) != nil {
			return nil, false
		}
		inner, there := members[path[0]]
		if !there {
			return nil, false
		}
		if delete(members, path[0]); len(path) > 1 {
			if members[path[0]], ok = without(inner, path[1:]); !ok {
				return nil, false
			}
		}
		rest, err := wire.Encode(members)
		return rest, err == nil
	case '[':
		var items []jsontext.Value
		at, err := strconv.Atoi(path[0])
		if err != nil || wire.Decode(data, &items) != nil || at < 0 || at >= len(items) {
			return nil, false
		}
		if len(path) == 1 {
			items = slices.Delete(items, at, at+1)
		} else if items[at], ok = without(items[at], path[1:]); !ok {
			return nil, false
		}
		rest, err := wire.Encode(items)
		return rest, err == nil
	}
	return nil, false
}
