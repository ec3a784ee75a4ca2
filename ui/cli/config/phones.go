package config

import (
	"fmt"
	"net/netip"
	"path"
	"strconv"
	"strings"

	"cordpair/model"
)

// User is somebody who may register at the exchange and call.
type User struct {
	Name        string
	Password    Value[Secret] // or
	MD5, SHA256 Value[string] // H(name:domain:password) in hex
}

// Trunk is a way of the exchange to the telephone network.
type Trunk struct {
	Name     string
	Server   Value[string] // sip:host
	Domain   Value[string]
	Proxy    Value[string]
	Register Value[bool]
	Username Value[string]
	Password Value[Secret]
	From     Value[string]
	Prefixes Value[[]string] // of the numbers that may be dialled; "*" is all
}

// Rate is what a minute of calls to numbers with a prefix costs.
type Rate struct {
	Prefix string // "*" is every number
	Price  model.Price
}

// Route names the context of calls to a user part.
type Route struct{ Pattern, Context string }

func (x *Exchange) readTables(s *section) {
	s.each("users", func(name string, of *section) {
		u := User{Name: name}
		of.secret("password", &u.Password)
		of.text("md5", &u.MD5, func(v string) error { return checkHex(v, 32) })
		of.text("sha256", &u.SHA256, func(v string) error { return checkHex(v, 64) })
		if !u.Password.Given() && !u.MD5.Given() && !u.SHA256.Given() {
			s.wrong("users", []string{name}, "%s has no password: type password_env, password_file or password_command", name)
		}
		x.Users = append(x.Users, u)
	})
	s.each("trunks", func(name string, of *section) { x.Trunks = append(x.Trunks, readTrunk(name, s, of)) })
	if rates, ok := s.sub("rates"); ok {
		for _, prefix := range sortedKeys(rates.table) {
			x.Rates = append(x.Rates, rates.rate(prefix))
		}
	}
	s.tables("routes", func(of *section) {
		var pattern, context Value[string]
		of.text("pattern", &pattern, func(v string) error {
			if _, err := path.Match(v, ""); err != nil || v == "" {
				return fmt.Errorf("%q is no pattern: type a user part, where * stands for anything and ? for one character", v)
			}
			return nil
		})
		of.text("context", &context, func(v string) error { return checkContext(v, nil) })
		of.need("pattern", "context")
		x.Routes = append(x.Routes, Route{pattern.V, context.V})
	})
}

func readTrunk(name string, s, of *section) Trunk {
	t := Trunk{Name: name}
	of.text("server", &t.Server, checkServer)
	of.text("domain", &t.Domain, notEmpty)
	of.text("proxy", &t.Proxy, checkServer)
	of.flag("register", &t.Register)
	of.text("username", &t.Username, notEmpty)
	of.secret("password", &t.Password)
	of.text("from", &t.From, func(v string) error { _, err := model.ParseSIPAddress(v); return err })
	of.list("prefixes", &t.Prefixes, func(v string, _ []string) error { return checkPrefix(v) })
	of.need("server")
	if t.Register.V && !t.Username.Given() {
		s.wrong("trunks", []string{name, "register"}, "%s: registering needs a username", name)
	}
	return t
}

// rate reads one price: text or a number, in USD a minute.
func (s *section) rate(prefix string) Rate {
	v, _ := s.take(prefix)
	text := fmt.Sprint(v)
	if f, isFloat := v.(float64); isFloat {
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	price, err := model.ParsePrice(text)
	if err == nil {
		err = checkPrefix(prefix)
	}
	if err != nil {
		s.wrong(prefix, nil, "%s", err)
		return Rate{}
	}
	s.accept(prefix, text)
	return Rate{prefix, price}
}

// tables reads the elements of an array of tables, in their order.
func (s *section) tables(key string, read func(of *section)) {
	v, ok := s.take(key)
	if !ok {
		return
	}
	items, isList := v.([]any)
	if !isList {
		s.wrong(key, nil, "must be tables, type [[%s]] on a line of its own", s.name(key))
		return
	}
	for i, item := range items {
		t, isTable := item.(map[string]any)
		if !isTable {
			s.wrong(key, []string{strconv.Itoa(i)}, "must be tables, type [[%s]] on a line of its own", s.name(key))
			return
		}
		of := &section{r: s.r, path: append(s.at(key), strconv.Itoa(i)), table: t}
		read(of)
		of.done()
	}
}

// need reports keys that are missing from a table.
func (s *section) need(keys ...string) {
	for _, key := range keys {
		if s.table[key] == nil {
			s.report(false, s.r.doc.spots, s.path, fmt.Sprintf("%s is missing", s.name(key)))
		}
	}
}

func checkServer(s string) error {
	rest, ok := strings.CutPrefix(s, "sip:")
	if !ok {
		rest, ok = strings.CutPrefix(s, "sips:")
	}
	if !ok || rest == "" || strings.ContainsAny(rest, "@ \r\n") {
		return fmt.Errorf("%q is no server: type sip:host or sip:host:port, without a user", s)
	}
	return nil
}

func checkPrefix(s string) error {
	digits := strings.TrimPrefix(s, "+")
	if s == "*" || s == "+" || digits != "" && strings.Trim(digits, "0123456789") == "" {
		return nil
	}
	return fmt.Errorf("%q is no prefix: type digits, with or without a +, or *", s)
}

func checkDigits(s string, _ []string) error {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return fmt.Errorf("%q is no number: type digits only", s)
	}
	return nil
}

func checkHex(s string, length int) error {
	if len(s) != length || strings.Trim(strings.ToLower(s), "0123456789abcdef") != "" {
		return fmt.Errorf("must be %d hexadecimal digits: the hash of name:domain:password", length)
	}
	return nil
}

func checkNetwork(s string, _ []string) error {
	if _, err := netip.ParsePrefix(s); err != nil {
		return fmt.Errorf("%q is no network: type for example 192.0.2.0/24", s)
	}
	return nil
}
