// Package detect holds what every detection model shares.
package detect
