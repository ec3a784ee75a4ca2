package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"cordpair/ui/cli/config"
)

// maxSecret is more than any keyring takes.
const maxSecret = 64 << 10

func configKeyring(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "keyring",
		Short: "Put a token into the system's keyring, or remove it",
		Long: `Keep tokens and passwords in the system's keyring: the Secret Service of a Linux
desktop, the Keychain of macOS, the Credential Manager of Windows.

NAME is service/account, such as cordpair/work. The configuration then says
token_keyring = "cordpair/work" (password_keyring for users and trunks).`,
		Example: "  cordpair config keyring set cordpair/work\n  cordpair --profile work",
		Args:    unknownCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use: "set NAME", Short: "Ask for a secret, or read it from a pipe, and keep it", Args: oneKept,
		RunE: func(cmd *cobra.Command, args []string) error { return p.keepSecret(cmd.Context(), args[0]) },
	}, &cobra.Command{
		Use: "remove NAME", Short: "Remove a secret", Args: oneKept,
		RunE: func(cmd *cobra.Command, args []string) error { return config.Unkeep(cmd.Context(), args[0]) },
	})
	return cmd
}

func oneKept(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usagef("name one secret: %s service/account", cmd.CommandPath())
	}
	return config.CheckKept(args[0])
}

func (p *program) keepSecret(ctx context.Context, name string) error {
	secret, err := p.readSecret(ctx, "Secret for "+name+" (it is not shown): ")
	if err != nil {
		return err
	}
	if secret = strings.TrimSpace(secret); secret == "" {
		return usagef("there is no secret: type it when asked, or pipe it in")
	}
	if err := config.Keep(ctx, name, secret); err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "Kept. In the configuration: token_keyring = %q\n", name)
	return nil
}

// readSecret reads a line, from a terminal without showing it.
func (p *program) readSecret(ctx context.Context, ask string) (string, error) {
	f, is := p.stdin.(*os.File)
	if !is || !term.IsTerminal(f.Fd()) {
		line, err := bufio.NewReader(io.LimitReader(p.stdin, maxSecret)).ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return line, err
	}
	as, err := term.GetState(f.Fd())
	if err != nil {
		return "", err
	}
	fmt.Fprint(p.stderr, ask)
	defer fmt.Fprintln(p.stderr)
	type typed struct {
		text []byte
		err  error
	}
	lines := make(chan typed, 1)
	go func() { // ends with a line, or with the process; nobody waits for it after ctrl+c
		text, err := term.ReadPassword(f.Fd())
		lines <- typed{text, err}
	}()
	select {
	case l := <-lines:
		if errors.Is(l.err, io.EOF) {
			l.err = nil
		}
		return string(l.text), l.err
	case <-ctx.Done():
		return "", errors.Join(errors.New("cancelled: nothing has been kept"), term.Restore(f.Fd(), as))
	}
}
