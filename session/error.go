package session

// Error: the classes, and the values for single rules. What they mean is in
// rules.go.

// Error says what went wrong, and which rule was broken. It is one byte, so
// making it an error allocates nothing.
//
// The first values are classes, those of websocket.h; the values behind them
// name one rule each and errors.Is matches them with their class. A
// [parse.Error] matches the classes too: an oversized head is [ErrTooLarge],
// any other malformed one is [ErrInvalidProtocolFormat], and
// parse.ErrIncomplete is neither.
type Error uint8

// Classes.
const (
	// ErrInvalidProtocolFormat: what the server sent is malformed, or a
	// required header is absent or wrong.
	ErrInvalidProtocolFormat Error = iota + 1
	// ErrInvalidProtocolOperation: the call is not allowed in the client's state, what
	// is to be sent is not allowed there (a text that is not UTF-8, a message within
	// another), or a frame of the server's is out of order.
	ErrInvalidProtocolOperation
	// ErrUnsupportedSubprotocol: the server selected a subprotocol that was
	// not offered, or none of those offered.
	ErrUnsupportedSubprotocol
	// ErrUnsupportedExtension: the server selected an extension that was not
	// offered, or parameters that no offer justifies.
	ErrUnsupportedExtension
	// ErrUnexpectedStatus: the status is not 101.
	ErrUnexpectedStatus
	// ErrUnsupportedVersion: a refusal whose Sec-WebSocket-Version lacks 13
	// (RFC 6455 section 4.4). It is an ErrUnexpectedStatus as well.
	ErrUnsupportedVersion
	// ErrTooLarge: over a limit.
	ErrTooLarge
	// ErrInvalidArgument: the caller's mistake; the client's state is as it was.
	ErrInvalidArgument
	// ErrShortBuffer: the slice for the selected extensions is shorter than
	// the number of offers; the client's state is as it was.
	ErrShortBuffer
	// ErrAborted: the call came after Abort. It is an
	// ErrInvalidProtocolOperation as well.
	ErrAborted

	numClasses
)

// Rules.
const (
	// ErrNoHandshake: EndHandshake without a BeginHandshake or
	// HandshakeHeaders on this Client.
	ErrNoHandshake = numClasses + iota
	// ErrHandshakeBegun: BeginHandshake or HandshakeHeaders for the second
	// time; Reset makes the Client ready for another handshake.
	ErrHandshakeBegun
	// ErrHandshakeOver: EndHandshake after the handshake succeeded or failed.
	ErrHandshakeOver

	// ErrHeaderName: a header name is empty or not a token.
	ErrHeaderName
	// ErrHeaderValue: a control octet in a header value.
	ErrHeaderValue

	// ErrUpgradeMissing: no Upgrade header.
	ErrUpgradeMissing
	// ErrUpgradeValue: Upgrade is not exactly "websocket".
	ErrUpgradeValue
	// ErrUpgradeRepeated: more than one Upgrade header.
	ErrUpgradeRepeated
	// ErrConnectionMissing: no Connection header.
	ErrConnectionMissing
	// ErrConnectionValue: Connection does not list the token Upgrade.
	ErrConnectionValue
	// ErrAcceptMissing: no Sec-WebSocket-Accept header.
	ErrAcceptMissing
	// ErrAcceptValue: Sec-WebSocket-Accept is not the value for the key sent.
	ErrAcceptValue
	// ErrAcceptRepeated: more than one Sec-WebSocket-Accept header.
	ErrAcceptRepeated

	// ErrExtensionsEmpty: Sec-WebSocket-Extensions without any extension.
	ErrExtensionsEmpty
	// ErrExtensionsSyntax: Sec-WebSocket-Extensions breaks its grammar.
	ErrExtensionsSyntax
	// ErrExtensionNotOffered: an extension that no offer names.
	ErrExtensionNotOffered
	// ErrExtensionTaken: an extension selected more often than it was offered.
	ErrExtensionTaken
	// ErrDeflateParameter: permessage-deflate with an unknown parameter.
	ErrDeflateParameter
	// ErrDeflateRepeated: permessage-deflate with the same parameter twice.
	ErrDeflateRepeated
	// ErrDeflateTakeoverValue: a no_context_takeover parameter with a value.
	ErrDeflateTakeoverValue
	// ErrDeflateServerBits: server_max_window_bits is not 8 to 15.
	ErrDeflateServerBits
	// ErrDeflateClientBits: client_max_window_bits is not 8 to 15.
	ErrDeflateClientBits
	// ErrDeflateServerTakeover: server_no_context_takeover was demanded and not granted.
	ErrDeflateServerTakeover
	// ErrDeflateServerWindow: server_max_window_bits was demanded and is absent or larger.
	ErrDeflateServerWindow
	// ErrDeflateClientWindow: client_max_window_bits was not offered.
	ErrDeflateClientWindow
	// ErrDeflateTwice: permessage-deflate selected twice: both would own RSV1.
	ErrDeflateTwice
	// ErrDeflateUnsupported: Config.Deflate cannot do what was agreed on.
	ErrDeflateUnsupported

	// ErrSubprotocolUnasked: Sec-WebSocket-Protocol though none was offered.
	ErrSubprotocolUnasked
	// ErrSubprotocolRepeated: more than one Sec-WebSocket-Protocol header.
	ErrSubprotocolRepeated
	// ErrSubprotocolEmpty: Sec-WebSocket-Protocol is empty.
	ErrSubprotocolEmpty
	// ErrSubprotocolValue: Sec-WebSocket-Protocol is not one token.
	ErrSubprotocolValue
	// ErrSubprotocolNotOffered: a subprotocol that was not offered.
	ErrSubprotocolNotOffered
	// ErrSubprotocolMissing: none of the subprotocols offered was selected.
	// Offer.SubprotocolOptional accepts that.
	ErrSubprotocolMissing

	// ErrOfferTarget: the target is not in origin-form.
	ErrOfferTarget
	// ErrOfferHost: the host is missing or holds an octet that a host cannot.
	ErrOfferHost
	// ErrOfferToken: a subprotocol is empty or not a token.
	ErrOfferToken
	// ErrOfferRepeated: a subprotocol is offered twice.
	ErrOfferRepeated
	// ErrOfferExtension: an entry is not exactly one extension.
	ErrOfferExtension
	// ErrOfferExtensions: more than 64 extension entries.
	ErrOfferExtensions
	// ErrOfferDeflate: parameters that permessage-deflate does not allow in an offer.
	ErrOfferDeflate
	// ErrOfferHeaderName: a further header's name is empty or not a token.
	ErrOfferHeaderName
	// ErrOfferHeaderValue: a further header's value holds a control octet.
	ErrOfferHeaderValue
	// ErrOfferHeaderBody: Content-Length or Transfer-Encoding: the request has no body.
	ErrOfferHeaderBody
	// ErrOfferHeaderOwned: a Sec-WebSocket-Protocol or -Extensions header
	// beside an empty list: the client would not know what was offered.
	ErrOfferHeaderOwned

	// ErrReceiveBufferSize: Config.ReceiveBufferSize is below 256.
	ErrReceiveBufferSize
	// ErrSendBufferSize: Config.SendBufferSize is below 256.
	ErrSendBufferSize

	// ErrNotOpen: Send, Receive or GetAction before the handshake succeeded.
	ErrNotOpen
	// ErrCloseSent: data, or another close, after a close was sent.
	ErrCloseSent
	// ErrCloseReceived: Receive, or a new message, after a close was received.
	ErrCloseReceived
	// ErrBroken: the server has broken the protocol: only a close may be sent.
	ErrBroken
	// ErrSendCut: a transfer was short, or a Compressor failed, so what was sent ends
	// within a frame or a message.
	ErrSendCut
	// ErrSendType: Op.Type is none that can be sent.
	ErrSendType
	// ErrOpQueued: the Op is queued already.
	ErrOpQueued
	// ErrSendMessageOpen: another message within one that is open: a text part
	// within a binary message, or the reverse.
	ErrSendMessageOpen
	// ErrSendUTF8: the text is not UTF-8.
	ErrSendUTF8
	// ErrSendControl: a ping or pong of more than 125 octets.
	ErrSendControl
	// ErrSendCloseStatus: a status that must not be sent.
	ErrSendCloseStatus
	// ErrSendCloseReason: a reason of more than 123 octets, one that is not
	// UTF-8, or one without a status.
	ErrSendCloseReason
	// ErrActionQueue: GetAction for no queue.
	ErrActionQueue
	// ErrActionUnknown: CompleteAction for an action that is not outstanding.
	ErrActionUnknown
	// ErrActionCount: more octets completed than the action has. It stays
	// outstanding.
	ErrActionCount

	// ErrFrameMasked: the server masked a frame.
	ErrFrameMasked
	// ErrFrameReserved: a reserved bit is set that no extension owns here.
	ErrFrameReserved
	// ErrFrameOpcode: a reserved opcode.
	ErrFrameOpcode
	// ErrFrameLengthForm: a length is not in its shortest form.
	ErrFrameLengthForm
	// ErrFrameLength: a length with its most significant bit set.
	ErrFrameLength
	// ErrControlFragmented: a control frame without FIN.
	ErrControlFragmented
	// ErrControlLength: a control frame of more than 125 octets.
	ErrControlLength
	// ErrContinuation: a continuation frame while no message is open.
	ErrContinuation
	// ErrMessageOpen: a new message while another is open.
	ErrMessageOpen
	// ErrUTF8: a text message is not UTF-8.
	ErrUTF8
	// ErrCloseLength: a close frame with a payload of one octet.
	ErrCloseLength
	// ErrCloseStatus: a close frame with a status that must not be sent.
	ErrCloseStatus
	// ErrCloseReason: the reason of a close frame is not UTF-8.
	ErrCloseReason
	// ErrMessageSize: a message over Config.MaxMessageSize.
	ErrMessageSize
	// ErrDeflateData: a compressed message cannot be decompressed.
	ErrDeflateData

	numErrors
)
