package model

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Language is a form in which a connect can be taken elsewhere.
type Language struct{ Key, Name, About string }

// Languages lists the forms that Code knows, each with a letter.
var Languages = []Language{
	{"3", "Node v3", "@signalwire/realtime-api 3, Voice.Client"},
	{"4", "Node v4", "@signalwire/realtime-api 4, client.voice"},
	{"g", "Go", "this program's own package relay"},
	{"p", "Python", "signalwire relay client"},
	{"j", "JSON", "the parameters of calling.connect"},
}

// Code writes a connect in one of Languages, by its name; an unknown name gives
// nothing.
func Code(language string, r ConnectRequest) string {
	switch language {
	case "Node v3":
		return node3Head + indent(nodeConnect(r), "  ") + "\n  await call.disconnected()\n})\n"
	case "Node v4":
		return node4Head + indent(nodeConnect(r), "    ") + "\n    await call.disconnected()\n  },\n})\n"
	case "Go":
		return goConnect(r)
	case "Python":
		return pythonConnect(r)
	case "JSON":
		return jsonConnect(r)
	}
	return ""
}

const node3Head = `import { Voice } from "@signalwire/realtime-api"

const client = new Voice.Client({
  project: process.env.SIGNALWIRE_PROJECT_ID,
  token: process.env.SIGNALWIRE_TOKEN,
  contexts: ["support"],
})

client.on("call.received", async (call) => {
  await call.answer()
`

const node4Head = `import { SignalWire, Voice } from "@signalwire/realtime-api"

const client = await SignalWire({
  project: process.env.SIGNALWIRE_PROJECT_ID,
  token: process.env.SIGNALWIRE_TOKEN,
})

await client.voice.listen({
  topics: ["support"],
  onCallReceived: async (call) => {
    await call.answer()
`

func indent(s, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n"+by)
}

// pair is a member of an object, its value already written.
type pair struct{ name, value string }

func nodeConnect(r ConnectRequest) string {
	if r.Several() {
		return nodeHunt(r)
	}
	list := append(nodeDevice(r), nodeOptions(r)...)
	return "const peer = await call.connectSip({\n" + members(list, "  ") + "})\n"
}

// nodeHunt is a connect of several targets: a plan of devices.
func nodeHunt(r ConnectRequest) string {
	var b strings.Builder
	b.WriteString("const peer = await call.connect({\n  devices: new Voice.DeviceBuilder()")
	for _, step := range r.Hunt() {
		var group []string
		for _, to := range step {
			r.To = to
			group = append(group, "Voice.DeviceBuilder.Sip({\n"+members(nodeDevice(r), "      ")+"    })")
		}
		one := strings.Join(group, ", ")
		if len(group) > 1 {
			one = "[" + one + "]"
		}
		b.WriteString("\n    .add(" + one + ")")
	}
	return b.String() + ",\n" + members(nodeOptions(r), "  ") + "})\n"
}

func members(list []pair, by string) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(by + p.name + ": " + p.value + ",\n")
	}
	return b.String()
}

// nodeOptions are what a connect takes beside its devices.
func nodeOptions(r ConnectRequest) []pair {
	var list []pair
	if r.MaxPricePerMinute != 0 {
		list = append(list, pair{"maxPricePerMinute", r.MaxPricePerMinute.String()})
	}
	if len(r.Ringback) > 0 {
		list = append(list, pair{"ringback", nodePlaylist(r.Ringback)})
	}
	return list
}

func nodeDevice(r ConnectRequest) []pair {
	list := []pair{{"from", quote(r.From)}, {"to", quote(r.To)}}
	add := func(name, value string, there bool) {
		if there {
			list = append(list, pair{name, value})
		}
	}
	add("timeout", seconds(r.Timeout), r.Timeout != 0)
	if len(r.Headers) > 0 {
		var rows []string
		for _, h := range r.Headers {
			rows = append(rows, "    { name: "+quote(h.Name)+", value: "+quote(h.Value)+" },\n")
		}
		add("headers", "[\n"+strings.Join(rows, "")+"  ]", true)
	}
	add("codecs", quoteList(r.Codecs), len(r.Codecs) > 0)
	add("webrtcMedia", strconv.FormatBool(r.WebRTCMedia == On), r.WebRTCMedia != Default)
	add("sessionTimeout", seconds(r.SessionTimeout), r.SessionTimeout != 0)
	add("callStateUrl", quote(r.CallStateURL), r.CallStateURL != "")
	add("callStateEvents", quoteList(r.CallStateEvents), len(r.CallStateEvents) > 0)
	return list
}

// nodePlaylist is a playlist as both Node SDKs build it.
func nodePlaylist(p Playlist) string {
	var b strings.Builder
	b.WriteString("new Voice.Playlist()")
	for _, m := range p {
		switch m.Kind {
		case Audio:
			fmt.Fprintf(&b, "\n    .add(Voice.Playlist.Audio({ url: %s }))", quote(m.URL))
		case Speech:
			fmt.Fprintf(&b, "\n    .add(Voice.Playlist.TTS({ text: %s%s }))", quote(m.Text), speechOptions(m))
		case Silence:
			fmt.Fprintf(&b, "\n    .add(Voice.Playlist.Silence({ duration: %s }))", seconds(m.Duration))
		default:
			fmt.Fprintf(&b, "\n    .add(Voice.Playlist.Ringtone({ name: %s%s }))", quote(m.Country), ringOption(m, "duration: "))
		}
	}
	return b.String()
}

func speechOptions(m Media) string {
	s := ""
	for _, o := range []pair{{"language", m.Language}, {"gender", m.Gender}, {"voice", m.Voice}} {
		if o.value != "" {
			s += ", " + o.name + ": " + quote(o.value)
		}
	}
	return s
}

func ringOption(m Media, name string) string {
	if m.Duration == 0 {
		return ""
	}
	return ", " + name + seconds(m.Duration)
}

func goConnect(r ConnectRequest) string {
	var b strings.Builder
	line := func(there bool, name, format string, value any) {
		if there {
			fmt.Fprintf(&b, "\t%s: "+format+",\n", name, value)
		}
	}
	b.WriteString("peer, err := call.ConnectSIP(ctx, model.ConnectRequest{\n")
	line(true, "From", "%q", r.From)
	line(true, "To", "%q", r.To)
	line(len(r.Codecs) > 0, "Codecs", "%#v", r.Codecs)
	if len(r.Headers) > 0 {
		b.WriteString("\tHeaders: []model.Header{\n")
		for _, h := range r.Headers {
			fmt.Fprintf(&b, "\t\t{Name: %q, Value: %q},\n", h.Name, h.Value)
		}
		b.WriteString("\t},\n")
	}
	line(r.Timeout != 0, "Timeout", "%s", goDuration(r.Timeout))
	if len(r.Ringback) > 0 {
		b.WriteString("\tRingback: model.Playlist{\n")
		for _, m := range r.Ringback {
			b.WriteString("\t\t" + goMedia(m) + ",\n")
		}
		b.WriteString("\t},\n")
	}
	line(r.MaxPricePerMinute != 0, "MaxPricePerMinute", "%d", int64(r.MaxPricePerMinute))
	line(r.WebRTCMedia != Default, "WebRTCMedia", "model.%s", map[Choice]string{On: "On", Off: "Off"}[r.WebRTCMedia])
	line(r.SessionTimeout != 0, "SessionTimeout", "%s", goDuration(r.SessionTimeout))
	line(r.CallStateURL != "", "CallStateURL", "%q", r.CallStateURL)
	line(len(r.CallStateEvents) > 0, "CallStateEvents", "%#v", r.CallStateEvents)
	b.WriteString("})\nif err != nil {\n\treturn err\n}\ncause, err := call.Disconnected(ctx)\n")
	return b.String()
}

func goMedia(m Media) string {
	switch m.Kind {
	case Audio:
		return fmt.Sprintf("{Kind: model.Audio, URL: %q}", m.URL)
	case Speech:
		s := fmt.Sprintf("{Kind: model.Speech, Text: %q", m.Text)
		for _, o := range []pair{{"Language", m.Language}, {"Gender", m.Gender}, {"Voice", m.Voice}} {
			if o.value != "" {
				s += fmt.Sprintf(", %s: %q", o.name, o.value)
			}
		}
		return s + "}"
	case Silence:
		return "{Kind: model.Silence, Duration: " + goDuration(m.Duration) + "}"
	}
	s := fmt.Sprintf("{Kind: model.Ringtone, Country: %q", m.Country)
	if m.Duration != 0 {
		s += ", Duration: " + goDuration(m.Duration)
	}
	return s + "}"
}

func goDuration(d time.Duration) string {
	if d%time.Second == 0 {
		return strconv.Itoa(int(d/time.Second)) + " * time.Second"
	}
	return strconv.Itoa(int(d/time.Millisecond)) + " * time.Millisecond"
}

func pythonConnect(r ConnectRequest) string {
	doc := connectDocument(r)
	py := func(v any) string {
		out, _ := json.MarshalIndent(v, "    ", "    ")
		s := strings.NewReplacer(`": true`, `": True`, `": false`, `": False`).Replace(string(out))
		return s
	}
	var b strings.Builder
	b.WriteString("await call.connect(\n    devices=" + py(doc.Devices) + ",\n")
	if len(doc.Ringback) > 0 {
		b.WriteString("    ringback=" + py(doc.Ringback) + ",\n")
	}
	if doc.MaxPrice != 0 {
		b.WriteString("    max_price_per_minute=" + r.MaxPricePerMinute.String() + ",\n")
	}
	b.WriteString(")\n")
	return b.String()
}

func jsonConnect(r ConnectRequest) string {
	out, err := json.MarshalIndent(connectDocument(r), "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(out) + "\n"
}

// quote writes a string as JavaScript, JSON and Python understand it alike.
func quote(s string) string {
	out, _ := json.Marshal(s)
	return string(out)
}

func quoteList(list []string) string {
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = quote(s)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func seconds(d time.Duration) string { return FormatSeconds(d) }
