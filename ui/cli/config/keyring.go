package config

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/zalando/go-keyring"
)

// ErrNotKept says that the system's keyring has no such secret.
var ErrNotKept = errors.New("the keyring keeps nothing under this name")

// CheckKept refuses what is no name of a secret in the keyring, which is
// service/account.
func CheckKept(name string) error {
	service, account, ok := strings.Cut(name, "/")
	if !ok || strings.TrimSpace(service) == "" || strings.TrimSpace(account) == "" {
		return fmt.Errorf("%q is no name in the keyring: type service/account, such as cordpair/work", name)
	}
	return nil
}

// Keep puts a secret into the system's keyring, in the place of one that was
// there: the Secret Service of a Linux desktop, the Keychain of macOS, the
// Credential Manager of Windows. It waits for the owner, who may be asked for a
// password, at most a minute.
func Keep(ctx context.Context, name, secret string) error {
	_, err := withKeyring(ctx, name, func(service, account string) (string, error) {
		return "", keyring.Set(service, account, secret)
	})
	return err
}

// Unkeep removes a secret from the keyring. Errors match [ErrNotKept] where
// there is none.
func Unkeep(ctx context.Context, name string) error {
	_, err := withKeyring(ctx, name, func(service, account string) (string, error) {
		return "", keyring.Delete(service, account)
	})
	return err
}

// kept is the secret of that name. Errors match [ErrNotKept] where there is
// none.
func kept(ctx context.Context, name string) (string, error) {
	return withKeyring(ctx, name, keyring.Get)
}

// withKeyring asks the keyring, which knows no deadlines and may wait for its
// owner for ever.
func withKeyring(ctx context.Context, name string, ask func(service, account string) (string, error)) (string, error) {
	if err := CheckKept(name); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, commandPatience)
	defer cancel()
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() { // ends with the keyring's answer; nobody waits for one that comes too late
		service, account, _ := strings.Cut(name, "/")
		var a answer
		defer func() {
			if p := recover(); p != nil {
				a.err = fmt.Errorf("%v", p)
			}
			answers <- a
		}()
		a.text, a.err = ask(service, account)
	}()
	select {
	case a := <-answers:
		return a.text, explainKeyring(a.err, name)
	case <-ctx.Done():
		return "", explainKeyring(context.Cause(ctx), name)
	}
}

func explainKeyring(err error, name string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return fmt.Errorf("%s: %w: type cordpair config keyring set %[1]s", name, ErrNotKept)
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return fmt.Errorf("%s: too long for the keyring", name)
	}
	return fmt.Errorf("no keyring answers here (%w): keep it in a file or with a program instead", err)
}
