package cli

import (
	"fmt"
	"os"
	"testing"

	"github.com/zalando/go-keyring"
	"go.uber.org/goleak"
)

// envAsProgram makes the test's binary the program itself.
const envAsProgram = "CORDPAIR_TEST_AS_PROGRAM"

// TestMain keeps the user's own configuration, state, credentials and keyring
// out of the tests.
func TestMain(m *testing.M) {
	if os.Getenv(envAsProgram) != "" {
		os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	keyring.MockInit() // one in memory
	dir, err := os.MkdirTemp("", "cordpair-cli")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for name, value := range map[string]string{
		"XDG_CONFIG_HOME": dir, "XDG_STATE_HOME": dir, envSpace: "", envProject: "", envToken: "", "NO_COLOR": "",
	} {
		if err := os.Setenv(name, value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}
