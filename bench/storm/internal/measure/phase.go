package measure

// A Phase is one of the things that are timed. Each has two histograms, one of
// those that succeeded and one of those that failed.
type Phase uint8

const (
	// Handshake is from when a connection was planned to be opened until it is
	// open, or has failed. Its service time is Service.
	Handshake Phase = iota
	Service         // from the start of the dial
	Delay           // from the planned start to the actual one

	// The parts of Service.
	DNS     // looking the name up
	Connect // TCP, and a proxy's answer
	TLS
	Upgrade // from the request until its response is judged

	FirstMessage // from open to the first message of the server

	// Message is from when a message was due until its reply is there. Its service
	// time is MessageService.
	Message
	MessageService // from the write
	Ping           // from ping to pong
	NumPhases
)

var phaseNames = [NumPhases]string{
	Handshake: "handshake", Service: "service", Delay: "delay",
	DNS: "dns", Connect: "connect", TLS: "tls", Upgrade: "upgrade",
	FirstMessage: "first_message",
	Message:      "message", MessageService: "message_service", Ping: "ping",
}

// String returns the name that flags and reports use.
func (p Phase) String() string { return phaseNames[p] }

// ParsePhase returns the Phase of a name.
func ParsePhase(name string) (Phase, bool) {
	for p, n := range phaseNames {
		if n == name {
			return Phase(p), true
		}
	}
	return 0, false
}
