package cli

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// allowed is who may import what of ours: the architecture. A key ending in
// "/..." stands for a folder and all below it, values likewise.
var allowed = []struct {
	pkg  string
	may  []string
	tell string
}{
	{"cordpair/model", nil, "the model is pure"},
	{"cordpair/model/journal", []string{"cordpair/model"}, "the form of records, no files"},
	{"cordpair/theme", nil, "a theme knows styles only"},
	{"cordpair/relay/wire", nil, "the contract stands alone"},
	{"cordpair/relay", []string{"cordpair/model", "cordpair/relay/wire"}, "the client is an SDK of its own and knows the exchange by URL only"},
	{"cordpair/relay/relaytest", []string{"cordpair/model", "cordpair/relay/wire"}, "a scripted peer for tests"},
	{"cordpair/relay/relaytest/program", []string{"cordpair/relay/exchange/media/tone"}, "runs other programs for tests and listens to them"},
	{"cordpair/relay/benchmark", []string{"cordpair/model", "cordpair/relay", "cordpair/relay/wire", "cordpair/relay/benchmark/load"}, "measures the client beside the official SDKs"},
	{"cordpair/relay/benchmark/load", []string{"cordpair/model", "cordpair/relay/wire"}, "a server that only sends"},
	{"cordpair/relay/tape", []string{"cordpair/model", "cordpair/relay/wire"}, "a recording of a link's frames"},
	{"cordpair/relay/exchange/...", []string{"cordpair/relay/wire", "cordpair/relay/exchange/..."}, "the exchange shares the contract with the client, nothing else"},
	{"cordpair/ui", []string{"cordpair/model", "cordpair/model/journal", "cordpair/theme"}, "the console knows the client by two small interfaces only"},
	{"cordpair/ui/cli/config", []string{"cordpair/model", "cordpair/theme"}, "a configuration is read before anything is started"},
	{"cordpair/ui/cli/bench", []string{"cordpair/model", "cordpair/theme", "cordpair/relay", "cordpair/relay/benchmark/load", "cordpair/relay/exchange/...", "cordpair/ui"}, "measures the parts as the program puts them together"},
	{"cordpair/ui/cli", []string{"cordpair/..."}, "the composition root"},
	{"cordpair/ui/e2e/...", nil, "drives the binary from outside"},
	{"cordpair", []string{"cordpair/ui/cli"}, "main only starts the command line"},
}

type pkg struct {
	ImportPath, Dir  string
	GoFiles, Imports []string
}

// listPackages are all packages on Linux, without build tags and the race
// detector, which needs C.
func listPackages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-race=false", "-tags=", "-json=ImportPath,Dir,GoFiles,Imports", "cordpair/...")
	cmd.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0") // relay/benchmark is there on Linux only
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func matches(pattern, path string) bool {
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == base || strings.HasPrefix(path, base+"/")
	}
	return path == pattern
}

func TestImportDirections(t *testing.T) {
	used := map[string]bool{}
	for _, p := range listPackages(t) {
		i := slices.IndexFunc(allowed, func(a struct {
			pkg  string
			may  []string
			tell string
		}) bool {
			return matches(a.pkg, p.ImportPath)
		})
		if i < 0 {
			t.Errorf("%s has no place in the architecture", p.ImportPath)
			continue
		}
		used[allowed[i].pkg] = true
		for _, imp := range p.Imports {
			ours := imp == "cordpair" || strings.HasPrefix(imp, "cordpair/")
			if ours && !slices.ContainsFunc(allowed[i].may, func(m string) bool { return matches(m, imp) }) {
				t.Errorf("%s imports %s: %s", p.ImportPath, imp, allowed[i].tell)
			}
			if strings.HasPrefix(imp, "github.com/charmbracelet/bubbletea") && !strings.HasPrefix(p.ImportPath, "cordpair/ui") {
				t.Errorf("%s imports Bubble Tea: only the console may", p.ImportPath)
			}
		}
	}
	for _, a := range allowed {
		if !used[a.pkg] {
			t.Errorf("the architecture names %s, which does not exist", a.pkg)
		}
	}
}

func TestModelUsesTheStandardLibraryOnly(t *testing.T) {
	for _, p := range listPackages(t) {
		if p.ImportPath != "cordpair/model" {
			continue
		}
		for _, imp := range p.Imports {
			if strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") || imp == "net" || imp == "os" || imp == "net/http" || imp == "sync" {
				t.Errorf("model imports %s", imp)
			}
		}
	}
}

// says is what each package comment must have: who owns what it makes, and
// what was decided.
var says = map[string]*regexp.Regexp{
	"ownership": regexp.MustCompile(`(?i)\b(own|owns|owner|ownership|belongs?|closes|concurrent use|immutable)\b`),
	"decisions": regexp.MustCompile(`(?i)\bdecisions?\b`),
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range listPackages(t) {
		if p.ImportPath == "cordpair" {
			continue // main.go is its only file
		}
		if !slices.Contains(p.GoFiles, "doc.go") {
			t.Errorf("%s has no doc.go", p.ImportPath)
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, "doc.go"), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for what, words := range says {
			if !words.MatchString(file.Doc.Text()) {
				t.Errorf("the doc.go of %s says nothing of its %s", p.ImportPath, what)
			}
		}
	}
}

// drawn are the rows of the README's picture of the packages, from top to
// bottom, with what each imports of ours. A row is a path and what it is for;
// the line below may have its arrows.
func drawn(t *testing.T) (rows []string, imports map[string]string) {
	t.Helper()
	_, text, ok := strings.Cut(readme(t), "<!-- packages")
	_, text, ok2 := strings.Cut(text, "```\n")
	text, _, ok3 := strings.Cut(text, "```\n<!-- /packages -->")
	if !ok || !ok2 || !ok3 {
		t.Fatal("the README has no picture of the packages")
	}
	imports = map[string]string{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case !strings.HasPrefix(line, " "):
			rows = append(rows, words[0])
			imports[words[0]] = ""
		case words[0] == "→" && len(rows) > 0:
			imports[rows[len(rows)-1]] = strings.Join(words[1:], " ")
		}
	}
	return rows, imports
}

// The README's picture has each package, what it imports of ours, and every
// arrow points down.
func TestThePictureIsTheCode(t *testing.T) {
	rows, imports := drawn(t)
	name := func(path string) string {
		if path == "cordpair" {
			return "main"
		}
		return strings.TrimPrefix(path, "cordpair/")
	}
	packages := listPackages(t)
	for _, p := range packages {
		at := slices.Index(rows, name(p.ImportPath))
		if at < 0 {
			t.Errorf("the README's picture has no row for %s", name(p.ImportPath))
			continue
		}
		var ours []string
		for _, imp := range p.Imports {
			if !strings.HasPrefix(imp, "cordpair/") {
				continue
			}
			ours = append(ours, name(imp))
			if slices.Index(rows, name(imp)) <= at {
				t.Errorf("%s imports %s: the row of that must be further down", name(p.ImportPath), name(imp))
			}
		}
		if want := strings.Join(ours, " "); imports[rows[at]] != want {
			t.Errorf("the README's arrows of %s are to be\n→ %s\nand are\n→ %s", rows[at], want, imports[rows[at]])
		}
	}
	if len(rows) != len(packages) {
		t.Errorf("%d rows for %d packages", len(rows), len(packages))
	}
}
