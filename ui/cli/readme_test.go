package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cordpair/ui"
)

var updateReadme = flag.Bool("update-readme", false, "write the key table into the README")

const (
	readmeFile = "../../README.md"
	keysBegin  = "<!-- keys: checked against the key table by a test -->\n"
	keysEnd    = "<!-- /keys -->"
)

// keyTable writes the table of all keys as Markdown.
func keyTable() string {
	var b strings.Builder
	b.WriteString("| key | does | where |\n| --- | --- | --- |\n")
	for _, row := range ui.KeyTable() {
		keys := make([]string, len(row.Keys))
		for i, k := range row.Keys {
			keys[i] = "`" + k + "`"
			if k == " " {
				keys[i] = "`space`"
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", strings.Join(keys, " "), strings.ReplaceAll(row.Help, "|", `\|`), row.Where)
	}
	return b.String()
}

// TestReadmeKeys holds the README's table to the action table.
//
//	go test ./ui/cli -run ReadmeKeys -update-readme
func TestReadmeKeys(t *testing.T) {
	data, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), keysBegin)
	have, after, ended := strings.Cut(rest, keysEnd)
	if !ok || !ended {
		t.Fatal("the README has no place for the keys")
	}
	want := keyTable()
	switch {
	case have == want:
	case *updateReadme:
		if err := os.WriteFile(readmeFile, []byte(before+keysBegin+want+keysEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the README's keys are stale: go test ./ui/cli -run ReadmeKeys -update-readme\n%s", want)
	}
}

// TestReadmePaths holds the README to files that exist.
func TestReadmePaths(t *testing.T) {
	data, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	paths := regexp.MustCompile("`((?:model|theme|relay|ui|\\.ci)/[a-z_/.-]+)`|\\((ui/[a-z_/.-]+)\\)").FindAllStringSubmatch(string(data), -1)
	if len(paths) < 10 {
		t.Fatalf("found only %d paths", len(paths))
	}
	for _, m := range paths {
		path := m[1] + m[2]
		if _, err := os.Stat(filepath.Join("../..", path)); err != nil {
			t.Errorf("the README names %s: %v", path, err)
		}
	}
}
