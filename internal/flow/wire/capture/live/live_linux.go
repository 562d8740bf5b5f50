package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"

	"github.com/isoc-project/isoc/internal/flow/wire/capture/frame"
)

const (
	kernelBuffer = 64 << 20 // what the kernel holds for us while we are late
	controlBytes = 128
	// Kinds of interfaces, as /usr/include/linux/if_arp.h numbers them.
	hatypeEther, hatypePPP, hatypeLoopback, hatypeNone, hatypeRawIP = 1, 512, 772, 0xfffe, 519
	vlanValid                                                       = 0x10 // TP_STATUS_VLAN_VALID
)

// Interface is an interface that is listened to. It serves one goroutine.
type Interface struct {
	fd       int
	loopback bool
	link     uint16
	buf      []byte
	control  []byte
	dropped  uint64
}

// Open begins to listen to an interface, in promiscuous mode. The errors are [ErrPermission], that there is no such interface, or that it
// carries something else than IP.
func Open(name string) (*Interface, error) {
	iface, err := net.InterfaceByName(name)
	if err != nil {
		return nil, fmt.Errorf("interface %s: %w", name, err)
	}
	// Without a protocol nothing comes before the socket is bound to the interface.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if errors.Is(err, unix.EPERM) {
		return nil, fmt.Errorf("interface %s: %w", name, ErrPermission)
	} else if err != nil {
		return nil, fmt.Errorf("interface %s: %w", name, err)
	}
	i := &Interface{fd: fd, loopback: iface.Flags&net.FlagLoopback != 0, buf: make([]byte, maxFrame), control: make([]byte, controlBytes)}
	if err := i.set(iface.Index); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("interface %s: %w", name, err)
	}
	return i, nil
}

func (i *Interface) set(index int) error {
	if unix.SetsockoptInt(i.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, kernelBuffer) != nil {
		_ = unix.SetsockoptInt(i.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, kernelBuffer) // as much as one may
	}
	if err := unix.SetsockoptInt(i.fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(i.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return err
	}
	if err := unix.Bind(i.fd, &unix.SockaddrLinklayer{Protocol: bigEndian(unix.ETH_P_ALL), Ifindex: index}); err != nil {
		return err
	}
	bound, err := unix.Getsockname(i.fd)
	if err != nil {
		return err
	}
	if at, ok := bound.(*unix.SockaddrLinklayer); ok {
		switch at.Hatype {
		case hatypeEther, hatypeLoopback:
			i.link = uint16(frame.LinkEthernet)
		case hatypeNone, hatypeRawIP:
			i.link = uint16(frame.LinkRaw)
		case hatypePPP:
			i.link = uint16(frame.LinkPPP)
		default:
			return fmt.Errorf("frames of kind %d are not understood", at.Hatype)
		}
	}
	if i.loopback {
		return nil
	}
	return unix.SetsockoptPacketMreq(i.fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &unix.PacketMreq{Ifindex: int32(index), Type: unix.PACKET_MR_PROMISC})
}

func bigEndian(v uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], v)
	return binary.NativeEndian.Uint16(b[:])
}

// Next returns the next frame; ok is false where none came within the time given. An error ends it: the interface is gone or down.
func (i *Interface) Next(within time.Duration) (f Frame, ok bool, err error) {
	for {
		n, control, _, from, err := unix.Recvmsg(i.fd, i.buf, i.control, 0)
		switch {
		case errors.Is(err, unix.EAGAIN):
			ready, err := unix.Poll([]unix.PollFd{{Fd: int32(i.fd), Events: unix.POLLIN}}, int(within.Milliseconds()))
			if err != nil && !errors.Is(err, unix.EINTR) {
				return Frame{}, false, fmt.Errorf("wait for frames: %w", err)
			}
			if ready <= 0 {
				return Frame{}, false, nil
			}
			continue
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return Frame{}, false, fmt.Errorf("read frames: %w", err)
		}
		if at, known := from.(*unix.SockaddrLinklayer); known && i.loopback && at.Pkttype == unix.PACKET_OUTGOING {
			continue // it comes in as well
		}
		f = Frame{Link: i.link, Data: i.buf[:n]}
		f.read(i.control[:control])
		if f.At.IsZero() {
			f.At = time.Now()
		}
		return f, true, nil
	}
}

// read takes time and VLAN from what the kernel tells beside the frame.
func (f *Frame) read(control []byte) {
	list, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return
	}
	for _, m := range list {
		switch {
		case m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= 16:
			f.At = time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:])))
		case m.Header.Level == unix.SOL_PACKET && m.Header.Type == unix.PACKET_AUXDATA && len(m.Data) >= 20:
			if binary.NativeEndian.Uint32(m.Data)&vlanValid != 0 {
				f.VLAN = binary.NativeEndian.Uint16(m.Data[16:]) & 0xfff
			}
		}
	}
}

// Dropped is how many frames the kernel had no room for since the start.
func (i *Interface) Dropped() uint64 {
	if s, err := unix.GetsockoptTpacketStats(i.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
		i.dropped += uint64(s.Drops) // reading begins it anew
	}
	return i.dropped
}

// Close ends it.
func (i *Interface) Close() error { return unix.Close(i.fd) }
