package ui

// Setup is what the console can tell of how it is set up. None of it is a
// secret: of those only whether they are there.
type Setup struct {
	// First asks at the start what the console is for: nothing has been
	// configured and nobody was asked before.
	First bool
	// Asked remembers that the question was answered; it is called off the
	// screen's goroutine, once.
	Asked func() error
	// ConfigFile is where the configuration is, or would be.
	ConfigFile string
	// Variables are those of the environment that name a SignalWire project.
	Variables []Variable
	// Users are the phones that must give a password; without any, none need
	// one.
	Users []string
	// TLS is where phones come by TLS, empty when nowhere.
	TLS string
	// Version is that of this program, Settings what is in force, a line each;
	// both for reports, secrets masked.
	Version  string
	Settings []string
}

// Variable is a variable of the environment, without its value.
type Variable struct {
	Name string
	Set  bool
}

// setup is what is known of it, nothing when nobody told.
func (a *App) setup() Setup {
	if a.opt.Setup == nil {
		return Setup{}
	}
	return *a.opt.Setup
}
