// Package live takes frames off an interface of this host. It needs the right to do so (CAP_NET_RAW), and Linux.
package live

import (
	"errors"
	"time"
)

// ErrPermission says that the process may not capture: it wants CAP_NET_RAW.
var ErrPermission = errors.New("capturing needs CAP_NET_RAW")

// maxFrame bounds a frame: segments that the network card has put together are larger than what was on the wire.
const maxFrame = 256 << 10

// Frame is a captured frame. Its bytes are good until the next one is asked for.
type Frame struct {
	Link uint16 // as pcap numbers them
	Data []byte
	At   time.Time
	VLAN uint16 // of a tag that the network card took off; 0 for none
}
