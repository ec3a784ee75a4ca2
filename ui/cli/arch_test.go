package cli

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
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
	{"cordpair/relay/benchmark/load", []string{"cordpair/relay/wire"}, "a server that only sends"},
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
	ImportPath string
	Doc        string
	Imports    []string
}

func listPackages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Doc,Imports", "cordpair/...").Output()
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

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, p := range listPackages(t) {
		if strings.TrimSpace(p.Doc) == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}
