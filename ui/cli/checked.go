package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"cordpair/model"
)

// checkedText is the value of a flag that is held to the rule of its setting in the
// configuration file, so that both are refused alike, and before anything is
// started.
type checkedText struct {
	into  *string
	check func(string) error
}

// checkedVar adds such a flag.
func checkedVar(fl *pflag.FlagSet, into *string, name, value, usage string, check func(string) error) {
	*into = value
	fl.Var(checkedText{into, check}, name, usage)
}

// Set makes checkedText a flag value.
func (c checkedText) Set(s string) error {
	if err := c.check(s); err != nil {
		return err
	}
	*c.into = s
	return nil
}

func (c checkedText) String() string { return *c.into }

// Type makes help texts show the default in quotes.
func (c checkedText) Type() string { return "string" }

// refusal is what is wrong with a flag's value, which stands in front of it.
func refusal(value string, err error) string {
	return strings.TrimPrefix(err.Error(), strconv.Quote(value)+" ")
}

// checkAddress refuses what is no SIP address and no telephone number.
func checkAddress(s string) error {
	_, err := model.ParseAddress(s)
	return err
}
