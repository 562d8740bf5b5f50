// Package accesslog reads the common and combined access log formats of web servers.
package accesslog
