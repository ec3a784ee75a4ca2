package program

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// The tests' children are this test program itself, told by a variable what to
// be.
const role = "PROGRAM_ROLE"

func TestMain(m *testing.M) {
	if r := os.Getenv(role); r != "" {
		os.Exit(play(r))
	}
	goleak.VerifyTestMain(m)
}

func play(r string) int {
	switch r {
	case "speaks":
		fmt.Print("one\ntwo\nthree")
		fmt.Fprintln(os.Stderr, "aside")
	case "fails":
		fmt.Fprintln(os.Stderr, "no such luck")
		return 3
	case "waits", "deaf":
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGTERM)
		fmt.Println("waiting")
		<-c
		if r == "deaf" {
			select {}
		}
	}
	return 0
}
