package cli

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/ui"
	"cordpair/ui/cli/config"
)

func TestPresetsAreKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", presetsName)
	p := &presets{file: file, config: []config.Preset{{Name: "mine", Request: model.ConnectRequest{To: "sip:a@b"}}, {Name: "Zed", Context: "support"}}}
	if list, err := p.Load(); err != nil || len(list) != 2 || list[1].Context != "support" {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, d := range []time.Duration{time.Second, 20 * time.Second} {
		if err := p.Save(ui.Preset{Name: "mine", Request: model.ConnectRequest{To: "sip:c@d", Timeout: d, Headers: []model.Header{{Name: "X-A", Value: "1"}}}}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := (&presets{file: file, config: p.config}).Load()
	if err != nil || len(list) != 2 || list[0].Request.To != "sip:c@d" || list[0].Request.Timeout != 20*time.Second || len(list[0].Request.Headers) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if left, _ := os.ReadDir(filepath.Dir(file)); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
	if list[0].Fixed || !list[1].Fixed {
		t.Errorf("which stand in the configuration: %+v", list)
	}
	if err := p.Remove("mine"); err != nil {
		t.Fatal(err)
	}
	if list, err := p.Load(); err != nil || len(list) != 2 || list[0].Request.To != "sip:a@b" {
		t.Errorf("the one of the configuration shows again: %+v, %v", list, err)
	}
	if err := p.Remove("unknown"); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if list, err := p.Load(); err == nil || len(list) != 2 {
		t.Errorf("a broken file gave %+v, %v", list, err)
	}
	if p.Save(ui.Preset{Name: "x"}) == nil {
		t.Error("a file that cannot be read was replaced")
	}
	if (&presets{}).Save(ui.Preset{}) == nil {
		t.Error("saved to nowhere")
	}
}
