package session

const (
	defaultReceiveBufferSize = 4096
	defaultSendBufferSize    = 4096
	largeSendBufferSize      = 64<<10 - payloadAt // in a buffer of 64 KiB
	minBufferSize            = 256
	maxBufferSize            = 1 << 30
	defaultMaxMessageSize    = 32 << 20
)

// check: the floors of websocket.h's properties.
func (cfg *Config) check() error {
	switch {
	case cfg == nil:
		return nil
	case cfg.ReceiveBufferSize != 0 && cfg.ReceiveBufferSize < minBufferSize:
		return ErrReceiveBufferSize
	case cfg.SendBufferSize != 0 && cfg.SendBufferSize < minBufferSize:
		return ErrSendBufferSize
	}
	return nil
}

func (cfg *Config) receiveBufferSize() int {
	if cfg == nil || cfg.ReceiveBufferSize == 0 {
		return defaultReceiveBufferSize
	}
	return min(cfg.ReceiveBufferSize, maxBufferSize)
}

// chunk is how many of a payload's octets are masked at once. It is a multiple
// of four, so that the key begins anew with every chunk.
func (cfg *Config) chunk(payload int) int {
	switch {
	case cfg != nil && cfg.SendBufferSize != 0:
		return cfg.SendBufferSize &^ 3
	case payload > defaultSendBufferSize:
		return largeSendBufferSize
	}
	return defaultSendBufferSize
}

func (cfg *Config) maxMessageSize() int64 {
	switch {
	case cfg == nil || cfg.MaxMessageSize == 0:
		return defaultMaxMessageSize
	case cfg.MaxMessageSize < 0:
		return 1<<63 - 1
	}
	return int64(cfg.MaxMessageSize)
}

func (cfg *Config) verifiesUTF8() bool { return cfg == nil || !cfg.DisableUTF8Verification }

func (cfg *Config) codec() DeflateCodec {
	if cfg == nil {
		return nil
	}
	return cfg.Deflate
}

// KeepAliveInterval returns how many milliseconds of silence on a connection
// websocket.h thinks good before a PingPong or UnsolicitedPong is sent. Nothing
// here keeps the time.
//
// websocket.h: WebSocketGetGlobalProperty.
func KeepAliveInterval() uint32 { return 30000 }

// SupportedVersions returns the protocol versions there are: 13.
//
// websocket.h: WebSocketGetGlobalProperty.
func SupportedVersions() []uint32 { return []uint32{13} }
