// Package session is the client's side of a WebSocket connection, RFC 6455,
// without any I/O: the client side of Windows' WebSocket Protocol Component
// API, websocket.h, in Go. The caller moves the octets; a [Client] makes the
// request, judges the response, makes frames of messages and messages of
// frames, and allocates nothing doing it.
//
//	request, err := session.NewRequest(session.Offer{Host: "example.com", Target: "/chat"}) // once
//
//	var c session.Client // one per connection
//	octets, err := c.BeginHandshake(buf[:0], request)
//	... write octets to the connection
//	err = parse.ReadResponse(br, &response)
//	extensions, subprotocol, err := c.EndHandshake(&response, selected)
//	... br holds what the server sent behind the head
//
// Then [Client.Send] and [Client.Receive] queue operations, and a loop does what
// [Client.GetAction] says until there is nothing left to do:
//
//	var a session.Action
//	for {
//		if err := c.GetAction(session.AllQueues, &a); err != nil {
//			... Send a CloseMessage with CloseCodeFor(err)
//			continue
//		}
//		n := 0
//		switch a.Kind {
//		case session.NoAction:
//			return
//		case session.SendToNetwork:
//			... n, err = write a.Buffers[:a.N] to the connection
//		case session.ReceiveFromNetwork:
//			... n, err = br.Read(a.Buffers[0])
//		case session.IndicateSendComplete:
//			... a.Op is free again
//		case session.IndicateReceiveComplete:
//			... use a.Buffers[0], of type a.Type, and Receive again, but for a.Cancelled or a close
//		}
//		err = c.CompleteAction(&a, n)
//	}
//
// # websocket.h and this package
//
//	websocket.h                        here
//	WEB_SOCKET_HANDLE                  Client; the caller's memory, no buffer inside
//	WEB_SOCKET_PROPERTY                Config, shared by clients
//	  RECEIVE_BUFFER_SIZE                Config.ReceiveBufferSize
//	  SEND_BUFFER_SIZE                   Config.SendBufferSize
//	  DISABLE_MASKING                    Config.DisableMasking
//	  DISABLE_UTF8_VERIFICATION          Config.DisableUTF8Verification
//	  ALLOCATED_BUFFER                   none: buffers are pooled, and held while in use only
//	WEB_SOCKET_HTTP_HEADER             Header for requests, parse.Field for responses
//	WebSocketCreateClientHandle        NewClient, Client.Init; the zero Client works too
//	WebSocketBeginClientHandshake      NewRequest, once per offer, and Client.BeginHandshake
//	  pszSubprotocols, pszExtensions     Offer.Subprotocols, Offer.Extensions: one item per entry
//	  pInitialHeaders                    Offer.Header
//	  pAdditionalHeaders                 Client.HandshakeHeaders; BeginHandshake makes the whole request
//	WebSocketEndClientHandshake        Client.EndHandshake
//	  pResponseHeaders                   parse.Response: the head as parsed, status included
//	  pulSelectedExtensions              selected: the caller's slice, filled in place
//	  pulSelectedExtensionCount          len(selected) going in, len(extensions) coming out
//	  pulSelectedSubprotocol             subprotocol; -1 for none
//	WebSocketSend                      Client.Send
//	WebSocketReceive                   Client.Receive
//	  WEB_SOCKET_BUFFER, pvContext       Op
//	WebSocketGetAction                 Client.GetAction; what it returns is Action
//	WebSocketCompleteAction            Client.CompleteAction
//	WEB_SOCKET_ACTION                  ActionKind
//	WEB_SOCKET_ACTION_QUEUE            ActionQueue
//	WEB_SOCKET_BUFFER_TYPE             BufferType, with its values; RawFrame
//	WEB_SOCKET_CLOSE_STATUS            CloseStatus
//	WebSocketAbortHandle               Client.Abort
//	WebSocketGetGlobalProperty         KeepAliveInterval, SupportedVersions
//	WebSocketDeleteHandle              Client.Reset: the same memory, ready for another handshake
//	E_INVALID_PROTOCOL_FORMAT          ErrInvalidProtocolFormat
//	E_INVALID_PROTOCOL_OPERATION       ErrInvalidProtocolOperation
//	E_UNSUPPORTED_EXTENSION            ErrUnsupportedExtension (winerror.h: E_PROTOCOL_EXTENSIONS_NOT_SUPPORTED)
//	E_UNSUPPORTED_SUBPROTOCOL          ErrUnsupportedSubprotocol (winerror.h: E_SUBPROTOCOL_NOT_SUPPORTED)
//	E_PROTOCOL_VERSION_NOT_SUPPORTED   ErrUnsupportedVersion
//	E_INVALIDARG                       ErrInvalidArgument
//	HRESULT_FROM_WIN32(122)            ErrShortBuffer
//	HRESULT                            HRESULT(err), by the values of winerror.h
//
// The differences, and why:
//
//   - EndHandshake sees the status. The component never did, and left step 1
//     of RFC 6455 section 4.1 to callers who forgot it.
//   - Errors name the rule broken, and are of the class that the component
//     would have returned; [Client.Fault] and [Client.Explain] say where and
//     what to do. The bare code is what callers of the component got stuck on.
//   - The offer is compiled once. The component compiled it for every handle.
//   - What the server answered an extension with can be read: [Client.Deflate],
//     or parse.ScanExtensions on the response. The component lost it.
//   - A Client that failed cannot judge again: a peer half checked must not be
//     judged anew with edited headers. A mistake of the caller's can be mended.
//   - There is no server's side.
//   - An Op is the caller's memory, and the queues are made of Ops: nothing is
//     allocated. Context is in it.
//   - The pong that answers a ping comes from either queue, so that a caller
//     that only receives, or only sends, answers as well.
//   - A ping or an unsolicited pong may have 0 to 125 octets of payload, RFC
//     6455 section 5.5. The component sent them empty.
//   - Action.Cancelled says of each operation whether it was done.
//   - After a protocol error a CloseMessage can still be sent, once, with
//     [CloseCodeFor] the error. Other calls return ErrBroken.
//   - Messages are compressed and decompressed if there is a codec, see
//     [DeflateCodec]; without one an extension is the caller's, as it was.
//
// # States
//
//	BeginHandshake   Created                                        -> Handshaking
//	                 Handshaking, Open, Failed, CloseSent,          ErrHandshakeBegun
//	                 CloseReceived, Closed, Broken, Aborted
//	EndHandshake     Created                                        ErrNoHandshake
//	                 Handshaking                                    -> Open, or Failed
//	                 Open, Failed, CloseSent, CloseReceived,        ErrHandshakeOver
//	                 Closed, Broken, Aborted
//	Send data        Created, Handshaking, Failed                   ErrNotOpen
//	                 Open                                           stays
//	                 CloseSent, Closed                              ErrCloseSent
//	                 CloseReceived                                  stays within a message, else ErrCloseReceived
//	                 Broken                                         ErrBroken
//	                 Aborted                                        ErrAborted
//	Send CLOSE       Created, Handshaking, Failed                   ErrNotOpen
//	                 Open                                           -> CloseSent
//	                 CloseSent, Closed                              ErrCloseSent
//	                 CloseReceived                                  -> Closed
//	                 Broken                                         stays the first time, else ErrCloseSent
//	                 Aborted                                        ErrAborted
//	Send PING, PONG  Created, Handshaking, Failed                   ErrNotOpen
//	                 Open, CloseSent, CloseReceived                 stays
//	                 Closed                                         ErrCloseSent
//	                 Broken                                         ErrBroken
//	                 Aborted                                        ErrAborted
//	Receive          Created, Handshaking, Failed                   ErrNotOpen
//	                 Open, CloseSent                                stays
//	                 CloseReceived, Closed                          ErrCloseReceived
//	                 Broken                                         ErrBroken
//	                 Aborted                                        ErrAborted
//	GetAction        Created, Handshaking, Failed                   ErrNotOpen
//	                 Open, CloseSent, CloseReceived, Closed,        stays
//	                 Broken, Aborted
//	Abort            Created, Handshaking, Failed, Aborted          stays
//	                 Open, CloseSent, CloseReceived, Closed,        -> Aborted
//	                 Broken
//	CLOSE received   Open                                           -> CloseReceived
//	                 CloseSent                                      -> Closed
//	protocol broken  Open, CloseSent                                -> Broken
//
// Reset leads from every state to Created.
//
// # Files
//
//	client.go     Client and Config
//	properties.go what Config's fields and websocket.h's properties mean
//	state.go      the state table
//	offer.go      Offer, and what it may hold
//	request.go    Request, BeginHandshake, HandshakeHeaders
//	handshake.go  EndHandshake, and the rules of RFC 6455 section 4.1
//	negotiate.go  which extension answers which offer
//	deflate.go    the parameters of permessage-deflate
//	message.go    BufferType, CloseStatus, Op
//	action.go     Action, GetAction, CompleteAction, Abort
//	send.go       Send, and how frames are made
//	receive.go    Receive, and what a payload is made into
//	header.go     a received frame's header
//	control.go    control frames received
//	pong.go       the answer to a ping
//	frame.go      a sent frame's header, and its masking key
//	mask.go       masking
//	utf8.go       verification of text
//	codec.go      DeflateCodec
//	compress.go   compressed messages sent
//	inflate.go    compressed messages received
//	buffer.go     the pool of buffers
//	error.go      Error: its classes, and a value for each rule
//	rules.go      their texts; CloseCodeFor, HRESULT
//	explain.go    Explain
package session
