package cli

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")
	assignment = regexp.MustCompile(`^[A-Z_]+=\S*$`)
)

// readmeCommands is each command line of ours in the README, without the
// program's name.
func readmeCommands(t *testing.T) [][]string {
	t.Helper()
	data, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]string
	for _, block := range shellBlock.FindAllStringSubmatch(string(data), -1) {
		for _, line := range strings.Split(strings.ReplaceAll(block[1], "\\\n", " "), "\n") {
			line, _, _ = strings.Cut(line, " #")
			words := shellFields(line)
			for len(words) > 0 && assignment.MatchString(words[0]) {
				words = words[1:]
			}
			switch {
			case len(words) > 2 && words[0] == "go" && words[1] == "run":
				all = append(all, words[3:])
			case len(words) > 0 && words[0] == "cordpair":
				all = append(all, words[1:])
			}
		}
	}
	return all
}

// shellFields parts a line into words, as far as the README needs it: quotes,
// and what follows a pipe or a redirection is not ours.
func shellFields(line string) []string {
	var words []string
	for _, w := range regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`).FindAllString(line, -1) {
		if w == "|" || w == ">" || w == "&&" {
			break
		}
		words = append(words, strings.Trim(w, `'"`))
	}
	return words
}

// Each command of the README is one that the program takes. Those that need no
// server, screen or time are run.
func TestReadmeCommands(t *testing.T) {
	configured(t, "")
	lines := readmeCommands(t)
	if len(lines) < 5 {
		t.Fatalf("found only %d commands", len(lines))
	}
	harmless := map[string]bool{"config": true, "doctor": true, "keys": true, "man": true, "version": true, "completion": true}
	for _, args := range lines {
		cmd, rest, err := rootCommand(&program{}).Find(args)
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err == nil {
			err = cmd.ValidateArgs(cmd.Flags().Args())
		}
		if err != nil {
			t.Errorf("cordpair %s: %v", strings.Join(args, " "), err)
			continue
		}
		if len(args) > 0 && harmless[args[0]] {
			if code, _, errs := runMain(args...); code != ExitOK {
				t.Errorf("cordpair %s: exit %d: %s", strings.Join(args, " "), code, errs)
			}
		}
	}
}
