package pgtest

import (
	osuser "os/user"
	"strconv"
)

// nobody is the id the kernel gives users it cannot name.
const nobody = 65534

// unprivileged returns the ids of the user postgres, or nobody's where the machine has no such user.
func unprivileged() (uid, gid int) {
	u, err := osuser.Lookup("postgres")
	if err != nil {
		return nobody, nobody
	}
	uid, err = strconv.Atoi(u.Uid)
	if err != nil {
		return nobody, nobody
	}
	gid, err = strconv.Atoi(u.Gid)
	if err != nil {
		return nobody, nobody
	}
	return uid, gid
}
