package ui

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/viewport"
	tea "github.com/charmbracelet/bubbletea"
)

// scroller is a viewport over lines that are as wide as their place already, so
// it shows them as they are. The zero scroller stands at the top.
type scroller struct {
	v    viewport.Model
	made bool
}

// scrollKeys are the keys where letters are for searching; plainKeys are those
// where they are not.
var (
	scrollKeys = viewport.KeyMap{
		Down: key.NewBinding(key.WithKeys("down")), Up: key.NewBinding(key.WithKeys("up")),
		PageDown: key.NewBinding(key.WithKeys("pgdown")), PageUp: key.NewBinding(key.WithKeys("pgup")),
		HalfPageDown: key.NewBinding(key.WithKeys("ctrl+d")), HalfPageUp: key.NewBinding(key.WithKeys("ctrl+u")),
	}
	plainKeys = viewport.DefaultKeyMap()
	toTop     = key.NewBinding(key.WithKeys("home"))
	toBottom  = key.NewBinding(key.WithKeys("end"))
)

func (s *scroller) view() *viewport.Model {
	if !s.made {
		s.v, s.made = viewport.New(0, 0), true
	}
	return &s.v
}

// key moves; it reports whether the key was for it.
func (s *scroller) key(k tea.KeyMsg, keys viewport.KeyMap) bool {
	v := s.view()
	v.KeyMap = keys
	switch {
	case key.Matches(k, toTop):
		v.GotoTop()
	case key.Matches(k, toBottom):
		v.GotoBottom()
	case key.Matches(k, keys.Down, keys.Up, keys.PageDown, keys.PageUp, keys.HalfPageDown, keys.HalfPageUp):
		*v, _ = v.Update(k)
	default:
		return false
	}
	return true
}

// top begins anew.
func (s *scroller) top() { s.view().GotoTop() }

// show returns those of the lines that are seen in a place of w by h cells.
func (s *scroller) show(lines []string, w, h int) []string {
	v := s.view()
	v.Width, v.Height = w, max(0, h)
	v.SetContent(strings.Join(lines, "\n"))
	v.SetYOffset(v.YOffset)
	return lines[v.YOffset:min(v.YOffset+v.Height, len(lines))]
}

// more says whether there is something above or below.
func (s *scroller) more() bool { return s.v.TotalLineCount() > s.v.Height }
