package ui

import (
	"regexp"
	"strings"

	"cordpair/model"
)

// mask hides what must not leave the house: telephone numbers, the names of
// people, the values of X- headers, credentials. What is hidden gets a word, the
// same for the same, so that a report still says who is who.
type mask struct {
	words   map[string]string // by what is hidden: digits of a number, a name
	numbers int
	names   int
}

func newMask() *mask { return &mask{words: make(map[string]string)} }

var (
	// A number in an address, or one that is written for people.
	maskedNumber = regexp.MustCompile(`(?i)((?:sips?:|tel:))(\+?[0-9]{3,20})\b|()(\+[0-9][0-9 ().-]{4,22}[0-9])`)
	maskedName   = regexp.MustCompile(`"[^"\r\n]{1,200}"(\s*<sips?:)`)
	// Header values: of a message, and of a frame.
	maskedHeader = regexp.MustCompile(`(?im)^((?:X-[^:\s]+|(?:Proxy-)?Authorization|WWW-Authenticate|Proxy-Authenticate)[ \t]*:)[^\r\n]*`)
	maskedMember = regexp.MustCompile(`(?i)("(?:value|token|jwt_token|password|secret|authorization_state|authorization|project|project_id|text)"\s*:\s*")(?:[^"\\]|\\.)*"`)
)

// name hides a name that is known to be one, wherever it stands.
func (m *mask) name(who model.Address) {
	if who.Name == "" || m.words[who.Name] != "" {
		return
	}
	m.names++
	m.words[who.Name] = "name" + string(appendInt(nil, m.names))
}

// text hides what a text carries.
func (m *mask) text(s string) string {
	for name, word := range m.words {
		if strings.HasPrefix(word, "name") {
			s = strings.ReplaceAll(s, name, word)
		}
	}
	s = maskedHeader.ReplaceAllString(s, "${1} ***")
	s = maskedMember.ReplaceAllString(s, `${1}***"`)
	s = maskedName.ReplaceAllString(s, `"***"$1`)
	return maskedNumber.ReplaceAllStringFunc(s, func(hit string) string {
		part := maskedNumber.FindStringSubmatch(hit)
		return part[1] + part[3] + m.number(part[2]+part[4])
	})
}

func (m *mask) number(s string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if m.words[digits] == "" {
		m.numbers++
		m.words[digits] = "number" + string(appendInt(nil, m.numbers))
	}
	return m.words[digits]
}
