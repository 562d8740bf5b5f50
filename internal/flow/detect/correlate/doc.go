// Package correlate finds what rules find together: Sigma correlations and ordered sequences over event time, with state that is
// bounded, survives restarts, and is a pure function of the batches it was given.
package correlate
