import FlashSale
import Waybill

/// A rush that failed, as the shortest script that fails too.
struct ShrunkScript {
    private static let stepsShown = 60

    let scenario: RushScenario
    let script: [ScriptStep]

    /// Shrinks and prints.
    func write() async throws {
        let file = try RushFile(nil)
        defer { file.removeIfTemporary() }
        var count = 0
        var shrinker = ScriptShrinker(scenario) {
            count += 1
            return try await VirtualShop.open("\(file.path)-\(count)", for: scenario, modules: .shipped)
        }
        let output = Output.standard
        output.line(Style.bold("   The shortest script that fails"))
        guard let (steps, failure) = try await shrinker.shrink(script) else {
            return output.line("   None: asked again in the same order, the shop answers as it must.")
        }
        for step in steps.prefix(Self.stepsShown) { output.line("   \("\(step)".printable)") }
        if steps.count > Self.stepsShown {
            output.line("   ... \(counted(steps.count - Self.stepsShown, "more step"))")
        }
        output.line("   " + Style.red("then: ") + failure.printable)
        output.line()
    }
}
