// Package shadow counts what rules on trial would have raised, and keeps their latest firings to be looked at.
package shadow
