package journal

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"cordpair/model"
)

func sampleTrail() Trail {
	call, connect := sample("call"), sample("connect")
	call.Kind, call.Request = Call, model.ConnectRequest{}
	return Trail{Call: call, Connect: &connect, Steps: []Step{
		{At: began, Call: "e1aa0003", Leg: "A", Layer: "sip", Word: "INVITE", Text: "INVITE sip:x SIP/2.0\r\n\r\n"},
		{At: began.Add(time.Second), Leg: "B", Layer: "relay", Out: true, Bad: true, Minor: true, Word: "calling.connect", Detail: "株"},
	}}
}

func TestTrailRoundTrip(t *testing.T) {
	want := sampleTrail()
	b, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadTrail(bytes.NewReader(b))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n%+v\n%+v", err, got, want)
	}
	want.Connect = nil
	b, _ = want.Encode()
	if got, err := ReadTrail(bytes.NewReader(b)); err != nil || got.Connect != nil || len(got.Steps) != 2 {
		t.Errorf("%v %+v", err, got)
	}
}

// TestTrailDamage holds that a damaged line costs itself alone, and that a file
// without its call is no trail.
func TestTrailDamage(t *testing.T) {
	want := sampleTrail()
	want.Steps = append(want.Steps, Step{Layer: "sip", Word: "INVITE", Text: strings.Repeat("\x01", 60<<10)})
	b, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(b, []byte("\n"))
	lines[2] = append([]byte("x"), lines[2]...)
	got, err := ReadTrail(bytes.NewReader(bytes.Join(lines, nil)))
	if err != nil || len(got.Steps) != 2 || got.Steps[0].Word != "calling.connect" || len(got.Steps[1].Text) != longestText {
		t.Errorf("%v, %d steps", err, len(got.Steps))
	}
	for _, bad := range []string{"", "x", strings.Repeat("y", 2*LongestLine), string(bytes.Join(lines[1:], nil))} {
		if _, err := ReadTrail(strings.NewReader(bad)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

func FuzzReadTrail(f *testing.F) {
	s := sampleTrail()
	b, _ := s.Encode()
	f.Add(b)
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := ReadTrail(bytes.NewReader(in))
		if err != nil {
			return
		}
		b, err := got.Encode()
		if err != nil {
			return
		}
		if again, err := ReadTrail(bytes.NewReader(b)); err != nil || len(again.Steps) > len(got.Steps) {
			t.Fatalf("%v: %d steps of %d", err, len(again.Steps), len(got.Steps))
		}
	})
}
