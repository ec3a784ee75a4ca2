package config

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"
)

// inKeyring reads a profile whose token is in the keyring.
func inKeyring(t *testing.T, name string) *Config {
	t.Helper()
	c, err := Parse("c.toml", []byte("[profiles.w]\nspace = \"s\"\ntoken_keyring = \""+name+"\"\n[exchange.users.bob]\npassword_keyring = \"cordpair/bob\"\n"), Keyboard{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestASecretInTheKeyring(t *testing.T) {
	keyring.MockInit()
	ctx := t.Context()
	if err := Keep(ctx, "cordpair/w", "s3cret"); err != nil {
		t.Fatal(err)
	}
	c := inKeyring(t, "cordpair/w")
	token := c.Profiles["w"].Token.V
	if got, err := token.Reveal(ctx); got != "s3cret" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if len(c.Kept) != 2 || c.Kept[0].String() != token.String() || token.IsZero() || token.String() != "******** in the keyring, cordpair/w" {
		t.Errorf("%v", c.Kept)
	}
	if shown := fmt.Sprintf("%v %+v %#v %v", token, c, token, c.Rows); strings.Contains(shown, "s3cret") {
		t.Error(shown)
	}
	if err := Unkeep(ctx, "cordpair/w"); err != nil {
		t.Error(err)
	}
	if err := Unkeep(ctx, "cordpair/w"); !errors.Is(err, ErrNotKept) {
		t.Error(err)
	}
	if _, err := token.Reveal(ctx); !errors.Is(err, ErrNotKept) || !strings.Contains(err.Error(), "cordpair config keyring set cordpair/w") {
		t.Error(err)
	}
}

// Where there is no keyring, that is told with what to do; one that is silent
// holds nobody up for ever.
func TestNoKeyring(t *testing.T) {
	none := errors.New("no bus")
	keyring.MockInitWithError(none)
	defer keyring.MockInit()
	_, err := inKeyring(t, "cordpair/w").Profiles["w"].Token.V.Reveal(t.Context())
	for _, err := range []error{err, Keep(t.Context(), "cordpair/w", "x"), Unkeep(t.Context(), "cordpair/w")} {
		if !errors.Is(err, none) || !strings.Contains(err.Error(), "in a file") {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	_, err = withKeyring(ctx, "cordpair/w", func(string, string) (string, error) { cancel(); <-over; return "", nil })
	close(over)
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err = withKeyring(t.Context(), "cordpair/w", func(string, string) (string, error) { panic("broken") }); err == nil {
		t.Error("no error")
	}
}
