package tape

import (
	"bytes"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"cordpair/relay/wire"
)

func TestMask(t *testing.T) {
	for frame, want := range map[string]string{
		`{"token":"s3"}`: `{"token":"***"}`,
		`{"a":[{"authentication":{"jwt_token":"s3","project":"p"}}]}`: `{"a":[{"authentication":{"jwt_token":"***","project":"p"}}]}`,
		`{"call_state_url":"https://user:s3@hooks.test/x?a=b@c"}`:     `{"call_state_url":"https://user:***@hooks.test/x?a=b@c"}`,
		`{"to":"sip:bob:s3@host;transport=tcp"}`:                      `{"to":"sip:bob:***@host;transport=tcp"}`,
		`{"uri":"wss://:s3@h","text":"see https://h:80/a b@c"}`:       `{"uri":"wss://:***@h","text":"see https://h:80/a b@c"}`,
		`{"from":"sip:desk@h:5060","x":"10:20@noon"}`:                 `{"from":"sip:desk@h:5060","x":"10:20@noon"}`,
		`{"password":{"deep":"er"},"n":1}`:                            `{"password":"***","n":1}`,
		`{"token":7}`:                                                 `{"token":"***"}`,
	} {
		got, err := mask(jsontext.Value(frame))
		if err != nil {
			t.Errorf("%s: %v", frame, err)
			continue
		}
		w := jsontext.Value(want)
		if got.Canonicalize() != nil || w.Canonicalize() != nil || !bytes.Equal(got, w) {
			t.Errorf("%s gives %s", frame, got)
		}
	}
}

// FuzzMask masks anything: what is a frame stays one, and its secrets go.
func FuzzMask(f *testing.F) {
	for _, seed := range []string{`{"token":"s3","a":["b",{"c":"sip:x:y@z"}]}`, `[[[[]]]]`, `"\ud800"`, `{"a":1,"a":2}`, `{`, ``, `{"\u0074oken":"s3"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := mask(bytes.Clone(data))
		if err != nil {
			return
		}
		again, err := mask(bytes.Clone(got))
		if err != nil {
			t.Fatalf("%q gives %q: %v", data, got, err)
		}
		if got.Canonicalize() != nil || again.Canonicalize() != nil {
			return // half a character has no canonical form
		}
		if !bytes.Equal(got, again) {
			t.Fatalf("%q gives %q, then %q", data, got, again)
		}
	})
}

// FuzzRead reads anything as a recording and plays what it took for one.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"dir":"c2s","t_ms":0,"frame":{"jsonrpc":"2.0","id":"1","method":"signalwire.connect"}}` + "\n" +
		`{"dir":"s2c","t_ms":3,"frame":{"jsonrpc":"2.0","id":"1","result":{"protocol":"p"}}}`))
	f.Add([]byte(`{"dir":"s2c","t_ms":-9223372036854775808,"frame":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, err := Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		p := NewPlayer(lines, 1)
		defer p.Close()
		_, welcome := p.index()
		if len(welcome) == 0 {
			t.Fatalf("nobody is let in by %q", data)
		}
		for _, l := range lines {
			_, _ = wire.DecodeFrame(l.Frame)
		}
	})
}
