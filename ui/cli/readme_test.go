package cli

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
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

// readme is the text of the README.
func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestReadmeKeys holds the README's table to the action table.
//
//	go test ./ui/cli -run ReadmeKeys -update-readme
func TestReadmeKeys(t *testing.T) {
	before, rest, ok := strings.Cut(readme(t), keysBegin)
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
	paths := regexp.MustCompile("`((?:model|theme|relay|ui|\\.ci)/[a-z_/.-]+)`|\\((ui/[a-z_/.-]+)\\)").FindAllStringSubmatch(readme(t), -1)
	if len(paths) < 10 {
		t.Fatalf("found only %d paths", len(paths))
	}
	for _, m := range paths {
		file := m[1] + m[2]
		if _, err := os.Stat(filepath.Join("../..", file)); err != nil {
			t.Errorf("the README names %s: %v", file, err)
		}
	}
}

// sources are the Go files of the repository, with their text.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, top := range []string{"model", "relay", "theme", "ui"} {
		err := filepath.WalkDir(filepath.Join("../..", top), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" {
				return err
			}
			data, err := os.ReadFile(path)
			rel, _ := filepath.Rel("../..", path)
			all[filepath.ToSlash(rel)] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestReadmeNamesTests holds what the README says of its reliability to tests
// that exist.
func TestReadmeNamesTests(t *testing.T) {
	var code strings.Builder
	for _, text := range sources(t) {
		code.WriteString(text)
	}
	names := regexp.MustCompile("`(Test[A-Z][A-Za-z0-9]+)`").FindAllStringSubmatch(readme(t), -1)
	if len(names) < 20 {
		t.Fatalf("found only %d tests", len(names))
	}
	for _, m := range names {
		if !strings.Contains(code.String(), "\nfunc "+m[1]+"(") {
			t.Errorf("the README names %s, which is no test", m[1])
		}
	}
}

// leftOut is the package whose path says what "go test ./..." leaves out.
const leftOut = "ui/e2e/third-party-checks-left-out--*--all-run-by-.ci/run"

// TestLeftOut holds what is said of the checks that need other people's
// programs, in the README and in the path and text of leftOut, to the files that
// have the tag and to the programs that .ci/run installs.
func TestLeftOut(t *testing.T) {
	docs, err := filepath.Glob(filepath.Join("../..", leftOut, "doc.go"))
	if err != nil || len(docs) != 1 {
		t.Fatalf("%v %v", docs, err)
	}
	doc, err := os.ReadFile(docs[0])
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(readme(t), "<!-- left out")
	page, _, _ = strings.Cut(page, ".ci/run")
	tagged := map[string]bool{}
	for file, text := range sources(t) {
		if strings.HasPrefix(text, "//go:build thirdparty") {
			tagged[path.Dir(file)] = true
		}
	}
	for dir := range tagged {
		if !strings.Contains(string(doc), "  - "+dir+":") || !strings.Contains(page, "`"+dir+"`") {
			t.Errorf("%s has checks that are left out without the tag: say so in %s and in the README", dir, docs[0])
		}
	}
	for _, list := range []int{strings.Count(string(doc), "//   - "), strings.Count(page, "`") / 2} {
		if list != len(tagged) {
			t.Errorf("%d folders are named, %d have the tag", list, len(tagged))
		}
	}
	script, err := os.ReadFile("../../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(script), "for pair in ")
	list, _, _ = strings.Cut(list, ";")
	for _, pair := range strings.Fields(list) {
		program, _, _ := strings.Cut(pair, ":")
		if program != "node" && !strings.Contains(docs[0], "-"+program+"-") {
			t.Errorf("%s is needed by checks that are left out, and not in the path of %s", program, docs[0])
		}
	}
}
