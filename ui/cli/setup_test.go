package cli

import (
	"testing"

	"github.com/spf13/cobra"

	"cordpair/ui/cli/config"
)

// TestFirstStart holds who is asked what the console is for: who starts it
// without a configuration, a server or a flag that says so, once.
func TestFirstStart(t *testing.T) {
	asks := func(file string, args ...string) bool {
		t.Helper()
		p := &program{cfg: config.Default()}
		p.cfg.File = file
		c := consoleRun{p: p}
		cmd := &cobra.Command{Run: func(*cobra.Command, []string) {}}
		p.globalFlags(cmd.Flags())
		c.link.add(cmd)
		c.local.add(cmd, peopleCalling)
		cmd.Flags().BoolVar(&c.demo, "demo", false, "")
		if err := cmd.ParseFlags(args); err != nil {
			t.Fatal(err)
		}
		c.flags = cmd.Flags()
		s := c.setup()
		if s.First && len(args) == 0 {
			if err := s.Asked(); err != nil {
				t.Fatal(err)
			}
		}
		return s.First
	}
	configured(t, "")
	for _, args := range [][]string{{"--demo"}, {"--people", "off"}, {"--relay", "ws://127.0.0.1:1"}, {"--profile", "local"}, {"--sip-addr", "127.0.0.1:0"}} {
		if asks("", args...) {
			t.Errorf("%v is asked", args)
		}
	}
	if asks("config.toml") {
		t.Error("who has a configuration is asked")
	}
	if !asks("", "--theme", "dark") || !asks("") {
		t.Error("the first start is not asked")
	}
	if asks("") {
		t.Error("the second start is asked")
	}
}
