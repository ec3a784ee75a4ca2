package cli

import (
	"strings"
	"testing"
	"time"

	"cordpair/model"
	"cordpair/model/journal"
)

func TestHistoryCommand(t *testing.T) {
	configured(t, "")
	file, err := stateFile(historyName)
	if err != nil {
		t.Fatal(err)
	}
	if code, out, _ := runMain("history", "--json"); code != ExitOK || out != "[]\n" {
		t.Errorf("exit %d: %s", code, out)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	kept := openHistory(file, (&program{}).logger())
	kept.Append(journal.Entry{
		ID: "a", Kind: journal.Call, Call: "A", Direction: model.Inbound, Type: "sip", Context: "support",
		From: model.LooseAddress("sip:erin@demo"), To: model.LooseAddress("sip:support@demo"),
		Began: at, Answered: at.Add(time.Second), Ended: at.Add(12 * time.Second), End: model.Cause{By: model.Caller, Word: model.WordHangup},
	})
	kept.Append(journal.Entry{
		ID: "b", Kind: journal.Connect, Call: "A", From: model.LooseAddress("sip:erin@demo"), To: model.LooseAddress("sip:busy@demo"),
		Began: time.Now().Add(-time.Hour), Ended: time.Now(), End: model.Cause{By: model.Peer, Word: model.WordBusy, Code: 486, Phrase: "Busy Here"},
	})
	if err := kept.Close(); err != nil {
		t.Fatal(err)
	}
	_, out, errs := runMain("history", "--json")
	want := `[{"kind":"call","id":"a","call_id":"A","direction":"inbound","type":"sip","context":"support","from":"sip:erin@demo","to":"sip:support@demo",` +
		`"began_at":"2026-01-02T03:04:05Z","answered_at":"2026-01-02T03:04:06Z","ended_at":"2026-01-02T03:04:17Z","talk_seconds":11,"reason":"hangup","sip_code":0,"by":"caller","text":`
	if !strings.HasPrefix(out, want) {
		t.Errorf("%s%s", out, errs)
	}
	conforms(t, "history", out)
	_, out, errs = runMain("history", "--csv", "--since", "2h")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 2 || lines[0] != strings.Join(historyColumns, ",") || !strings.Contains(lines[1], ",busy,486,peer,") {
		t.Errorf("%s%s", out, errs)
	}
	if _, out, _ := runMain("history"); !strings.Contains(out, "busy@demo is busy") {
		t.Error(out)
	}
	for line, says := range map[string]string{"history --json --csv": "give one", "history --since soon": "--since"} {
		if code, _, errs := runMain(strings.Fields(line)...); code != ExitUsage || !strings.Contains(errs, says) {
			t.Errorf("%s: exit %d: %s", line, code, errs)
		}
	}
}

func TestSince(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"90m": "2026-03-10T10:30:00Z", "7d": "2026-03-03T12:00:00Z", "2026-03-01": "2026-03-01T00:00:00Z", "2026-03-01T01:02:03Z": "2026-03-01T01:02:03Z",
	} {
		if got, err := parseSince(text, now); err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %s %v", text, got, err)
		}
	}
}
