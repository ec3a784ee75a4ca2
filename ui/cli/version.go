package cli

import (
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// versionRecord is "version --json": which build this is.
type versionRecord struct {
	Version  string `json:"version" doc:"of the module; devel when built from a working copy"`
	Commit   string `json:"commit" doc:"full hash, empty when the build does not know it"`
	Time     string `json:"time" doc:"of the commit, RFC 3339, or empty"`
	Modified bool   `json:"modified" doc:"the working copy had changes"`
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

// build is what the module system knows of this program.
func build() versionRecord {
	r := versionRecord{Version: "unknown", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return r
	}
	r.Version = info.Main.Version
	if r.Version == "" || r.Version == "(devel)" {
		r.Version = "devel"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			r.Commit = s.Value
		case "vcs.time":
			r.Time = s.Value
		case "vcs.modified":
			r.Modified = s.Value == "true"
		}
	}
	return r
}

// String is the record on one line; a version that names the commit already
// does not say it twice.
func (r versionRecord) String() string {
	words := []string{r.Version}
	if short := r.Commit[:min(len(r.Commit), 12)]; short != "" && !strings.Contains(r.Version, short) {
		words = append(words, short)
	}
	if r.Modified && !strings.Contains(r.Version, "+dirty") {
		words = append(words, "(modified)")
	}
	return strings.Join(append(words, r.Go, r.OS+"/"+r.Arch), " ")
}

func version() string { return build().String() }

func versionCommand(p *program) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `Print the version of the module, the commit, the version of Go, the system and
the processor. With --json it prints an object with version, commit, time,
modified, go, os and arch; what the build does not know is empty.`,
		Args:        noArgs,
		Annotations: map[string]string{lenient: "yes"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON {
				return printJSON(p.stdout, build())
			}
			cmd.Println("cordpair " + version())
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
