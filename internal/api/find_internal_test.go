package api

import "testing"

func TestChineseIsFoundByTheFirstLettersOfItsReading(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"出口防火墙": "ckfhq", "示例医院 HIS": "slyy HIS", "深圳分厂": "szfc", "安": "a", "二期": "eq", "欧洲": "oz", "网关": "wg", "诊所": "zs", "plain": "plain",
	} {
		if got := initialsOf(text); got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
}

func TestNamesFitBetterFromTheirBeginning(t *testing.T) {
	t.Parallel()
	names := []string{"防火墙", "防火墙二", "出口 防火墙", "出口防火墙"}
	for _, typed := range []string{"防火墙", "fhq"} {
		for i := 1; i < len(names); i++ {
			if a, b := fit(typed, names[i-1]), fit(typed, names[i]); a <= b || b <= 0 {
				t.Errorf("%q fits %s %d and %s %d", typed, names[i-1], a, names[i], b)
			}
		}
	}
	if n := fit("fhx", "防火墙"); n > 0 {
		t.Errorf("what does not fit has %d", n)
	}
}
