package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestDrawIsXMLWithEachLook(t *testing.T) {
	var b strings.Builder
	draw(&b, []string{"\x1b[1;38;5;208mbold\x1b[0m plain & <tag>", "\x1b[7mreverse\x1b[27m 日本 \x1b[48;2;1;2;3mback"}, 40, dark, `a "title"`)
	for dec := xml.NewDecoder(strings.NewReader(b.String())); ; {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, b.String())
		}
	}
	for _, want := range []string{`font-weight="bold"`, "#ff8700", "plain &amp; &lt;tag&gt;", "#010203", `fill="#16181d">reverse`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
}

func TestRunsKeepTheirColumns(t *testing.T) {
	var now look
	runs := parse("日本\x1b[1mx", &now)
	if len(runs) != 2 || runs[0].cells != 4 || runs[1].col != 4 || !runs[1].look.bold {
		t.Errorf("%+v", runs)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("\x1b[38;5;1mx\x1b[")
	f.Fuzz(func(_ *testing.T, s string) {
		var now look
		parse(s, &now)
	})
}
