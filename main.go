// Command cordpair is a terminal call-operator console for SignalWire RELAY,
// with an exchange of its own for use without an account.
package main

import (
	"os"

	"cordpair/ui/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
