package relay

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// documented reads the package as go doc does.
func documented(t *testing.T) *doc.Package {
	t.Helper()
	fset := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_windows.go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	p, err := doc.NewFromFiles(fset, files, "cordpair/relay")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestEveryCommandNamesItsMethod looks up what each command does on the wire.
func TestEveryCommandNamesItsMethod(t *testing.T) {
	want := map[string]string{
		"Client.Dial": "calling.dial", "Client.DialSIP": "calling.dial", "Client.DialPhone": "calling.dial",
		"Client.Receive": "signalwire.receive", "Client.Unreceive": "signalwire.unreceive",
		"Client.Incoming": "calling.call.receive", "Client.Ready": "signalwire.connect",
		"Call.Answer": "calling.answer", "Call.Hangup": "calling.end", "Call.Pass": "calling.pass",
		"Call.Connect": "calling.connect", "Call.ConnectSIP": "calling.connect", "Call.ConnectPhone": "calling.connect",
		"Call.Disconnect": "calling.disconnect", "Call.Disconnected": "calling.call.connect", "Call.WaitFor": "calling.call.state",
		"Call.Play": "calling.play", "Call.PlayAudio": "calling.play", "Call.PlayTTS": "calling.play",
		"Call.PlaySilence": "calling.play", "Call.PlayRingtone": "calling.play",
		"Playback.Pause": "calling.play.pause", "Playback.Resume": "calling.play.resume", "Playback.Stop": "calling.play.stop",
		"Playback.SetVolume": "calling.play.volume",
		"Call.Record":        "calling.record", "Call.RecordAudio": "calling.record",
		"Recording.Pause": "calling.record.pause", "Recording.Resume": "calling.record.resume", "Recording.Stop": "calling.record.stop",
		"Call.Prompt": "calling.play_and_collect", "Call.PromptAudio": "calling.play_and_collect",
		"Call.PromptTTS": "calling.play_and_collect", "Call.PromptRingtone": "calling.play_and_collect",
		"Call.Collect": "calling.collect", "Collection.Stop": "calling.collect.stop",
		"Collection.StartInputTimers": "calling.collect.start_input_timers", "Collection.SetVolume": "calling.play_and_collect.volume",
		"Call.SendDigits": "calling.send_digits", "Call.Tap": "calling.tap", "Call.TapAudio": "calling.tap", "Tap.Stop": "calling.tap.stop",
		"Call.Detect": "calling.detect", "Call.AMD": "calling.detect", "Call.DetectFax": "calling.detect",
		"Call.DetectDigit": "calling.detect", "Detection.Stop": "calling.detect.stop",
		"Call.Hold": "calling.hold", "Call.Unhold": "calling.unhold", "Call.Refer": "calling.refer", "Call.Transfer": "calling.transfer",
		"Call.JoinConference": "calling.join_conference", "Call.LeaveConference": "calling.leave_conference",
	}
	for _, typ := range documented(t).Types {
		for _, m := range typ.Methods {
			name := typ.Name + "." + m.Name
			if method := want[name]; method != "" && !strings.Contains(strings.ReplaceAll(m.Doc, "\n", " "), method) {
				t.Errorf("%s does not say %s", name, method)
			}
			delete(want, name)
		}
	}
	for name := range want {
		t.Errorf("%s is missing", name)
	}
}

// TestEveryExportedNameIsDocumented, constants and variables by their group.
func TestEveryExportedNameIsDocumented(t *testing.T) {
	p := documented(t)
	check := func(name, text string) {
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s is not documented", name)
		}
	}
	for _, f := range p.Funcs {
		check(f.Name, f.Doc)
	}
	for _, v := range append(p.Consts, p.Vars...) {
		check(strings.Join(v.Names, " "), v.Doc)
	}
	for _, typ := range p.Types {
		check(typ.Name, typ.Doc)
		for _, m := range append(typ.Methods, typ.Funcs...) {
			if m.Name != "Error" { // an error's text
				check(typ.Name+"."+m.Name, m.Doc)
			}
		}
	}
}
