package dryrun

// Compound reads a correlation as Start does.
func (j *Jobs) Compound(text string, with []Text) (*Compound, error) {
	_, c, err := j.read(text, with)
	return c, err
}
