/// How this program was called, so that commands which it suggests can be copied.
enum ProgramName {
    /// `waybill`, or the path by which it was started.
    static var asTyped: String {
        guard let typed = CommandLine.arguments.first, typed.contains("/") else { return "waybill" }
        return typed.contains(" ") ? "'\(typed)'" : typed
    }
}
