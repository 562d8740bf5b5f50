package attack

// Layer is a layer of the ATT&CK Navigator, format 4.5.
type Layer struct {
	Name        string           `json:"name"`
	Versions    LayerVersions    `json:"versions"`
	Domain      string           `json:"domain"`
	Description string           `json:"description"`
	Sorting     int              `json:"sorting"` // 3: by score, the highest first
	HideDisable bool             `json:"hideDisabled"`
	Techniques  []LayerTechnique `json:"techniques" nullable:"false"`
	Gradient    LayerGradient    `json:"gradient"`
	LegendItems []LayerLegend    `json:"legendItems" nullable:"false"`
	Metadata    []LayerMetadata  `json:"metadata" nullable:"false"`
}

// LayerVersions are those that a layer was made for.
type LayerVersions struct {
	Attack    string `json:"attack"`
	Navigator string `json:"navigator"`
	Layer     string `json:"layer"`
}

// LayerTechnique is what a layer says of one technique, in all of its tactics.
type LayerTechnique struct {
	ID                string          `json:"techniqueID"`
	Score             int             `json:"score"`
	Comment           string          `json:"comment"`
	Enabled           bool            `json:"enabled"`
	ShowSubtechniques bool            `json:"showSubtechniques"`
	Metadata          []LayerMetadata `json:"metadata" nullable:"false"`
}

// LayerMetadata is a line of the technique's tooltip.
type LayerMetadata struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// LayerGradient colours scores.
type LayerGradient struct {
	Colors   []string `json:"colors" nullable:"false"`
	MinValue int      `json:"minValue"`
	MaxValue int      `json:"maxValue"`
}

// LayerLegend explains a colour.
type LayerLegend struct {
	Label string `json:"label"`
	Color string `json:"color"`
}

const (
	faint  = "#d9f0e3"
	strong = "#1b7f4b"
)

// NewLayer makes a layer. The most that a score can be is the end of the gradient.
func NewLayer(name, description, legendLow, legendHigh string, techniques []LayerTechnique) Layer {
	most := 1
	for i := range techniques {
		most = max(most, techniques[i].Score)
		if techniques[i].Metadata == nil {
			techniques[i].Metadata = []LayerMetadata{}
		}
	}
	if techniques == nil {
		techniques = []LayerTechnique{}
	}
	return Layer{
		Name: name, Versions: LayerVersions{Attack: Version, Navigator: "5.1.0", Layer: "4.5"}, Domain: "enterprise-attack", Description: description, Sorting: 3,
		Techniques: techniques, Gradient: LayerGradient{Colors: []string{"#ffffff", faint, strong}, MinValue: 0, MaxValue: most},
		LegendItems: []LayerLegend{{legendLow, faint}, {legendHigh, strong}}, Metadata: []LayerMetadata{},
	}
}
