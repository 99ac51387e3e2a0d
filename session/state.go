package session

// State is where a Client is in its life. The zero State is Created.
type State uint8

const (
	Created       State = iota // no handshake begun
	Handshaking                // the request is made, the response not judged
	Open                       // the handshake succeeded
	Failed                     // the handshake was refused; final until Reset
	CloseSent                  // a close was queued
	CloseReceived              // a close was received
	Closed                     // both
	Broken                     // the server broke the protocol: nothing is received any more
	Aborted                    // by Abort
	numStates
)

var stateNames = [numStates]string{"Created", "Handshaking", "Open", "Failed", "CloseSent", "CloseReceived", "Closed", "Broken", "Aborted"}

func (s State) String() string {
	if s >= numStates {
		return "unknown state"
	}
	return stateNames[s]
}

// call is a method whose effect depends on the state, or something that the
// server does.
type call uint8

const (
	callBegin       call = iota // BeginHandshake, HandshakeHeaders
	callEnd                     // EndHandshake
	callSendData                // Send of a part of a message
	callSendClose               // Send of a CloseMessage
	callSendControl             // Send of a PingPong or UnsolicitedPong
	callReceive                 // Receive
	callGetAction               // GetAction
	callAbort                   // Abort
	eventClose                  // a close is received
	eventFault                  // the server breaks the protocol
	numCalls
)

var callNames = [numCalls]string{"BeginHandshake", "EndHandshake", "Send data", "Send CLOSE", "Send PING, PONG",
	"Receive", "GetAction", "Abort", "CLOSE received", "protocol broken"}

// condition is what a call needs besides the state.
type condition uint8

const (
	always          condition = iota
	toEndMessage              // a message is being sent that this may end
	ifNoCloseQueued           // no close was queued before
)

// transition is what a call does in a state: the state behind its success and
// behind a protocol error, or err if it is not allowed there or the condition
// does not hold. An error of the caller's changes nothing.
type transition struct {
	success, failure State
	condition        condition
	err              Error
}

// transitions is the state table. Reset leads from every state to Created.
var transitions = [numCalls][numStates]transition{
	callBegin: {
		Created:       {success: Handshaking},
		Handshaking:   {err: ErrHandshakeBegun},
		Open:          {err: ErrHandshakeBegun},
		Failed:        {err: ErrHandshakeBegun},
		CloseSent:     {err: ErrHandshakeBegun},
		CloseReceived: {err: ErrHandshakeBegun},
		Closed:        {err: ErrHandshakeBegun},
		Broken:        {err: ErrHandshakeBegun},
		Aborted:       {err: ErrHandshakeBegun},
	},
	callEnd: {
		Created:       {err: ErrNoHandshake},
		Handshaking:   {success: Open, failure: Failed},
		Open:          {err: ErrHandshakeOver},
		Failed:        {err: ErrHandshakeOver},
		CloseSent:     {err: ErrHandshakeOver},
		CloseReceived: {err: ErrHandshakeOver},
		Closed:        {err: ErrHandshakeOver},
		Broken:        {err: ErrHandshakeOver},
		Aborted:       {err: ErrHandshakeOver},
	},
	callSendData: {
		Created:       {err: ErrNotOpen},
		Handshaking:   {err: ErrNotOpen},
		Open:          {success: Open},
		Failed:        {err: ErrNotOpen},
		CloseSent:     {err: ErrCloseSent},
		CloseReceived: {success: CloseReceived, condition: toEndMessage, err: ErrCloseReceived},
		Closed:        {err: ErrCloseSent},
		Broken:        {err: ErrBroken},
		Aborted:       {err: ErrAborted},
	},
	callSendClose: {
		Created:       {err: ErrNotOpen},
		Handshaking:   {err: ErrNotOpen},
		Open:          {success: CloseSent},
		Failed:        {err: ErrNotOpen},
		CloseSent:     {err: ErrCloseSent},
		CloseReceived: {success: Closed},
		Closed:        {err: ErrCloseSent},
		Broken:        {success: Broken, condition: ifNoCloseQueued, err: ErrCloseSent},
		Aborted:       {err: ErrAborted},
	},
	callSendControl: {
		Created:       {err: ErrNotOpen},
		Handshaking:   {err: ErrNotOpen},
		Open:          {success: Open},
		Failed:        {err: ErrNotOpen},
		CloseSent:     {success: CloseSent},
		CloseReceived: {success: CloseReceived},
		Closed:        {err: ErrCloseSent},
		Broken:        {err: ErrBroken},
		Aborted:       {err: ErrAborted},
	},
	callReceive: {
		Created:       {err: ErrNotOpen},
		Handshaking:   {err: ErrNotOpen},
		Open:          {success: Open},
		Failed:        {err: ErrNotOpen},
		CloseSent:     {success: CloseSent},
		CloseReceived: {err: ErrCloseReceived},
		Closed:        {err: ErrCloseReceived},
		Broken:        {err: ErrBroken},
		Aborted:       {err: ErrAborted},
	},
	callGetAction: {
		Created:       {err: ErrNotOpen},
		Handshaking:   {err: ErrNotOpen},
		Open:          {success: Open},
		Failed:        {err: ErrNotOpen},
		CloseSent:     {success: CloseSent},
		CloseReceived: {success: CloseReceived},
		Closed:        {success: Closed},
		Broken:        {success: Broken},
		Aborted:       {success: Aborted},
	},
	callAbort: {
		Created:       {success: Created},
		Handshaking:   {success: Handshaking},
		Open:          {success: Aborted},
		Failed:        {success: Failed},
		CloseSent:     {success: Aborted},
		CloseReceived: {success: Aborted},
		Closed:        {success: Aborted},
		Broken:        {success: Aborted},
		Aborted:       {success: Aborted},
	},
	eventClose: {
		Open:      {success: CloseReceived},
		CloseSent: {success: Closed},
	},
	eventFault: {
		Open:      {success: Broken},
		CloseSent: {success: Broken},
	},
}

// allows returns the state that a call leads to if it succeeds, or why it is
// not allowed.
func (c *Client) allows(call call) (State, Error) {
	t := &transitions[call][c.state]
	switch {
	case t.condition == toEndMessage && c.openSend != 0,
		t.condition == ifNoCloseQueued && !c.closing:
		return t.success, 0
	}
	return t.success, t.err
}
