package session

// The rules: the class and text of each Error, how errors.Is matches them, and
// what they are as a close status and as an HRESULT.

import (
	"errors"

	"github.com/zeroshake/zeroshake/parse"
)

// rule is what is known of an Error.
type rule struct {
	class Error
	text  string
}

var rules = [numErrors]rule{
	ErrInvalidProtocolFormat:    {ErrInvalidProtocolFormat, "invalid protocol format"},
	ErrInvalidProtocolOperation: {ErrInvalidProtocolOperation, "call not allowed in this state"},
	ErrUnsupportedSubprotocol:   {ErrUnsupportedSubprotocol, "unsupported subprotocol"},
	ErrUnsupportedExtension:     {ErrUnsupportedExtension, "unsupported extension"},
	ErrUnexpectedStatus:         {ErrUnexpectedStatus, "status is not 101 (RFC 6455 section 4.1)"},
	ErrUnsupportedVersion:       {ErrUnexpectedStatus, "server does not speak version 13 (RFC 6455 section 4.4)"},
	ErrTooLarge:                 {ErrTooLarge, "over the limit"},
	ErrInvalidArgument:          {ErrInvalidArgument, "invalid argument"},
	ErrShortBuffer:              {ErrShortBuffer, "slice for selected extensions shorter than the number offered"},
	ErrAborted:                  {ErrInvalidProtocolOperation, "client was aborted"},

	ErrNoHandshake:    {ErrInvalidProtocolOperation, "EndHandshake without BeginHandshake on this client"},
	ErrHandshakeBegun: {ErrInvalidProtocolOperation, "handshake already begun on this client"},
	ErrHandshakeOver:  {ErrInvalidProtocolOperation, "handshake already over on this client"},

	ErrHeaderName:  {ErrInvalidProtocolFormat, "header name is empty or not a token (RFC 9110 section 5.1)"},
	ErrHeaderValue: {ErrInvalidProtocolFormat, "control octet in a header value (RFC 9110 section 5.5)"},

	ErrUpgradeMissing:    {ErrInvalidProtocolFormat, "no Upgrade header (RFC 6455 section 4.1)"},
	ErrUpgradeValue:      {ErrInvalidProtocolFormat, `Upgrade is not "websocket" (RFC 6455 section 4.1)`},
	ErrUpgradeRepeated:   {ErrInvalidProtocolFormat, "more than one Upgrade header (RFC 6455 section 4.1)"},
	ErrConnectionMissing: {ErrInvalidProtocolFormat, "no Connection header (RFC 6455 section 4.1)"},
	ErrConnectionValue:   {ErrInvalidProtocolFormat, `Connection does not list "Upgrade" (RFC 6455 section 4.1)`},
	ErrAcceptMissing:     {ErrInvalidProtocolFormat, "no Sec-WebSocket-Accept header (RFC 6455 section 4.1)"},
	ErrAcceptValue:       {ErrInvalidProtocolFormat, "Sec-WebSocket-Accept does not fit the key (RFC 6455 section 4.1)"},
	ErrAcceptRepeated:    {ErrInvalidProtocolFormat, "more than one Sec-WebSocket-Accept header (RFC 6455 section 11.3.3)"},

	ErrExtensionsEmpty:      {ErrInvalidProtocolFormat, "Sec-WebSocket-Extensions is empty (RFC 6455 section 9.1)"},
	ErrExtensionsSyntax:     {ErrInvalidProtocolFormat, "Sec-WebSocket-Extensions breaks its grammar (RFC 6455 section 9.1)"},
	ErrExtensionNotOffered:  {ErrUnsupportedExtension, "extension not offered (RFC 6455 section 4.1)"},
	ErrExtensionTaken:       {ErrUnsupportedExtension, "extension selected more often than offered (RFC 6455 section 9.1)"},
	ErrDeflateParameter:     {ErrUnsupportedExtension, "permessage-deflate: unknown parameter (RFC 7692 section 7.1)"},
	ErrDeflateRepeated:      {ErrUnsupportedExtension, "permessage-deflate: parameter repeated (RFC 7692 section 7.1)"},
	ErrDeflateTakeoverValue: {ErrUnsupportedExtension, "permessage-deflate: no_context_takeover with a value (RFC 7692 section 7.1.1)"},
	ErrDeflateServerBits:    {ErrUnsupportedExtension, "permessage-deflate: server_max_window_bits is not 8 to 15 (RFC 7692 section 7.1.2.1)"},
	ErrDeflateClientBits:    {ErrUnsupportedExtension, "permessage-deflate: client_max_window_bits is not 8 to 15 (RFC 7692 section 7.1.2.2)"},
	ErrDeflateServerTakeover: {ErrUnsupportedExtension,
		"permessage-deflate: server_no_context_takeover demanded and not granted (RFC 7692 section 7.1.1.1)"},
	ErrDeflateServerWindow: {ErrUnsupportedExtension,
		"permessage-deflate: server_max_window_bits demanded and not granted (RFC 7692 section 7.1.2.1)"},
	ErrDeflateClientWindow: {ErrUnsupportedExtension,
		"permessage-deflate: client_max_window_bits not offered (RFC 7692 section 7.1.2.2)"},
	ErrDeflateTwice: {ErrUnsupportedExtension, "permessage-deflate selected twice (RFC 7692 section 5)"},
	ErrDeflateUnsupported: {ErrUnsupportedExtension,
		"permessage-deflate: the codec cannot do what was agreed (RFC 7692 section 7.1)"},

	ErrSubprotocolUnasked:    {ErrUnsupportedSubprotocol, "Sec-WebSocket-Protocol though none was offered (RFC 6455 section 4.1)"},
	ErrSubprotocolRepeated:   {ErrInvalidProtocolFormat, "more than one Sec-WebSocket-Protocol header (RFC 6455 section 11.3.4)"},
	ErrSubprotocolEmpty:      {ErrInvalidProtocolFormat, "Sec-WebSocket-Protocol is empty (RFC 6455 section 4.2.2)"},
	ErrSubprotocolValue:      {ErrInvalidProtocolFormat, "Sec-WebSocket-Protocol is not one token (RFC 6455 section 4.3)"},
	ErrSubprotocolNotOffered: {ErrUnsupportedSubprotocol, "subprotocol not offered (RFC 6455 section 4.1)"},
	ErrSubprotocolMissing:    {ErrUnsupportedSubprotocol, "none of the offered subprotocols selected"},

	ErrOfferTarget:      {ErrInvalidArgument, "target is not in origin-form (RFC 9112 section 3.2.1)"},
	ErrOfferHost:        {ErrInvalidArgument, "host is missing or malformed (RFC 9112 section 3.2)"},
	ErrOfferToken:       {ErrInvalidArgument, "subprotocol is empty or not a token (RFC 6455 section 4.1)"},
	ErrOfferRepeated:    {ErrInvalidArgument, "subprotocol offered twice (RFC 6455 section 4.1)"},
	ErrOfferExtension:   {ErrInvalidArgument, "not exactly one extension (RFC 6455 section 9.1)"},
	ErrOfferExtensions:  {ErrInvalidArgument, "more than 64 extensions"},
	ErrOfferDeflate:     {ErrInvalidArgument, "parameters not allowed in an offer of permessage-deflate (RFC 7692 section 7.1)"},
	ErrOfferHeaderName:  {ErrInvalidArgument, "header name is empty or not a token (RFC 9110 section 5.1)"},
	ErrOfferHeaderValue: {ErrInvalidArgument, "control octet in a header value (RFC 9110 section 5.5)"},
	ErrOfferHeaderBody:  {ErrInvalidArgument, "the request has no body (RFC 9110 section 9.3.1)"},
	ErrOfferHeaderOwned: {ErrInvalidArgument, "offer subprotocols and extensions through their lists"},

	ErrReceiveBufferSize: {ErrInvalidArgument, "Config.ReceiveBufferSize is below 256"},
	ErrSendBufferSize:    {ErrInvalidArgument, "Config.SendBufferSize is below 256"},

	ErrNotOpen:         {ErrInvalidProtocolOperation, "the handshake has not succeeded on this client"},
	ErrCloseSent:       {ErrInvalidProtocolOperation, "a close was sent (RFC 6455 section 5.5.1)"},
	ErrCloseReceived:   {ErrInvalidProtocolOperation, "a close was received (RFC 6455 section 5.5.1)"},
	ErrBroken:          {ErrInvalidProtocolOperation, "the server broke the protocol (RFC 6455 section 7.1.7)"},
	ErrSendCut:         {ErrInvalidProtocolOperation, "a frame or a message was sent in part only"},
	ErrSendType:        {ErrInvalidArgument, "type cannot be sent"},
	ErrOpQueued:        {ErrInvalidArgument, "operation is queued already"},
	ErrSendMessageOpen: {ErrInvalidProtocolOperation, "another message is open (RFC 6455 section 5.4)"},
	ErrSendUTF8:        {ErrInvalidProtocolOperation, "text to send is not UTF-8 (RFC 6455 section 8.1)"},
	ErrSendControl:     {ErrInvalidArgument, "ping or pong of more than 125 octets (RFC 6455 section 5.5)"},
	ErrSendCloseStatus: {ErrInvalidArgument, "close status must not be sent (RFC 6455 section 7.4)"},
	ErrSendCloseReason: {ErrInvalidArgument, "close reason is too long, not UTF-8 or without a status (RFC 6455 section 5.5.1)"},
	ErrActionQueue:     {ErrInvalidArgument, "no such action queue"},
	ErrActionUnknown:   {ErrInvalidArgument, "action is not outstanding"},
	ErrActionCount:     {ErrInvalidArgument, "more octets than the action has"},

	ErrFrameMasked:       {ErrInvalidProtocolFormat, "server masked a frame (RFC 6455 section 5.1)"},
	ErrFrameReserved:     {ErrInvalidProtocolFormat, "reserved bit set (RFC 6455 section 5.2)"},
	ErrFrameOpcode:       {ErrInvalidProtocolFormat, "reserved opcode (RFC 6455 section 5.2)"},
	ErrFrameLengthForm:   {ErrInvalidProtocolFormat, "length not in its shortest form (RFC 6455 section 5.2)"},
	ErrFrameLength:       {ErrInvalidProtocolFormat, "most significant bit of a length set (RFC 6455 section 5.2)"},
	ErrControlFragmented: {ErrInvalidProtocolFormat, "control frame is fragmented (RFC 6455 section 5.5)"},
	ErrControlLength:     {ErrInvalidProtocolFormat, "control frame of more than 125 octets (RFC 6455 section 5.5)"},
	ErrContinuation:      {ErrInvalidProtocolOperation, "continuation without a message (RFC 6455 section 5.4)"},
	ErrMessageOpen:       {ErrInvalidProtocolOperation, "new message within another (RFC 6455 section 5.4)"},
	ErrUTF8:              {ErrInvalidProtocolFormat, "text is not UTF-8 (RFC 6455 section 8.1)"},
	ErrCloseLength:       {ErrInvalidProtocolFormat, "close frame of one octet (RFC 6455 section 5.5.1)"},
	ErrCloseStatus:       {ErrInvalidProtocolFormat, "close status must not be sent (RFC 6455 section 7.4)"},
	ErrCloseReason:       {ErrInvalidProtocolFormat, "close reason is not UTF-8 (RFC 6455 section 5.5.1)"},
	ErrMessageSize:       {ErrTooLarge, "message over Config.MaxMessageSize"},
	ErrDeflateData:       {ErrInvalidProtocolFormat, "message cannot be decompressed (RFC 7692 section 7.2.2)"},
}

func (e Error) Error() string {
	if e == 0 || e >= numErrors {
		return "websocket: unknown error"
	}
	return "websocket: " + rules[e].text
}

// Is reports whether target is e's class.
func (e Error) Is(target error) bool {
	class, ok := target.(Error)
	return ok && e < numErrors && class != 0 && rules[e].class == class
}

// Covers reports whether e is the class of p; it is how errors.Is matches a
// parse.Error with a class.
func (e Error) Covers(p parse.Error) bool {
	switch p {
	case parse.ErrIncomplete:
		return false
	case parse.ErrTooLarge, parse.ErrTooManyFields:
		return e == ErrTooLarge
	}
	return e == ErrInvalidProtocolFormat
}

// CloseCodeFor returns the status to close with after err, an error of
// GetAction: RFC 6455 sections 7.1.7 and 7.4.1. It is StatusProtocolError for
// an error of any other kind.
func CloseCodeFor(err error) CloseStatus {
	var e Error
	errors.As(err, &e)
	switch e {
	case ErrUTF8, ErrCloseReason, ErrDeflateData:
		return StatusInvalidPayload
	case ErrMessageSize:
		return StatusMessageTooBig
	}
	return StatusProtocolError
}

// HRESULT returns what WebSocketEndClientHandshake and its siblings would have
// returned for err, by the values of winerror.h: 0 (S_OK) for nil, 0x80004005
// (E_FAIL) for an error that is none of this package's classes.
func HRESULT(err error) uint32 {
	if err == nil {
		return 0
	}
	for _, h := range hresults {
		if errors.Is(err, h.class) {
			return h.value
		}
	}
	return 0x80004005
}

var hresults = [...]struct {
	class Error
	value uint32
}{
	{ErrAborted, 0x80004004}, // before ErrInvalidProtocolOperation, which it is as well
	{ErrInvalidProtocolOperation, 0x83760001},
	{ErrUnsupportedVersion, 0x83760005}, // before ErrUnexpectedStatus, which it is as well
	{ErrInvalidProtocolFormat, 0x83760002},
	{ErrUnexpectedStatus, 0x83760002},
	{ErrTooLarge, 0x83760002},
	{ErrUnsupportedExtension, 0x83760003},
	{ErrUnsupportedSubprotocol, 0x83760004},
	{ErrInvalidArgument, 0x80070057},
	{ErrShortBuffer, 0x8007007A},
}
