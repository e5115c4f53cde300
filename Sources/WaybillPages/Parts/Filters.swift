/// The filter above a list: a form whose values are the address of the list.
///
/// - Parameters:
///   - action: the address of the list without a filter.
///   - isSet: whether a filter is set that can be cleared.
func filterForm(_ action: String, isSet: Bool, @HTMLBuilder _ fields: () -> HTML) -> HTML {
    form(.class("filter"), .action(action), .role("search")) {
        fields()
        span(.class("go")) {
            button(.class("main")) { "Filter" }
            if isSet { a(.class("button"), .href(action)) { "Clear" } }
        }
    }
}

/// A field of a filter or an act.
func textField(
    _ title: String, _ name: String, _ value: String, placeholder: String = "", isNeeded: Bool = false,
    bytesMax: Int = 256
) -> HTML {
    label {
        HTML(title)
        input(
            .type("text"), .name(name), .value(value), placeholder.isEmpty ? nil : .placeholder(placeholder),
            .maxlength(bytesMax), .autocomplete("off"), .noSpelling, isNeeded ? .required : nil)
    }
}

/// A choice of a few values; the first one of an optional choice stands for any.
func choiceField(_ title: String, _ name: String, _ value: String, _ values: [(value: String, word: String)]) -> HTML {
    label {
        HTML(title)
        select(.name(name)) {
            for one in values {
                option(.value(one.value), one.value == value ? .selected : nil) { HTML.plain(one.word) }
            }
        }
    }
}

extension HTML {
    /// A name where no element may be around it.
    static func plain(_ text: String) -> HTML { HTML(text) }
}
