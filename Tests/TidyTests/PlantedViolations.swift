import Testing

/// Every rule must be able to fail: each finds a violation planted in a text.
@Suite struct `A planted violation` {
    private func file(_ text: String, at path: String = "Sources/WaybillCore/Planted.swift") -> SourceFile {
        SourceFile(path, text)
    }

    @Test(arguments: [
        ("Sources/WaybillCore/A.swift", "import Foundation"),
        ("Sources/WaybillStore/A.swift", "package import WaybillEngine"),
        ("Sources/WaybillEngine/A.swift", "@preconcurrency import struct GRDB.Row"),
        ("Sources/Unheard/A.swift", "import WaybillCore"),
    ])
    func `against the arrows is found`(path: String, text: String) {
        #expect(!ImportRules.violations(in: file(text, at: path)).isEmpty)
    }

    @Test func `in an example is found`() {
        let test = file("    func shop() {\n        let a = 1\n        let b = 2\n    }", at: "Tests/ATests/A.swift")
        let shown = file("```swift\nlet a = 1\nlet b = 2\n```\n", at: "README.md")
        let stale = file("# A\n```swift\nlet a = 1\nlet b = 3\n```\n", at: "README.md")
        let comment = file("/// ```swift\n/// let b = 4\n/// ```\nstruct A {}", at: "Sources/Waybill/A.swift")
        #expect(ExampleRules.untested(in: [shown, stale, comment], by: [test]).map(\.line) == [2, 1])
    }

    @Test func `in the list of operations is found`() {
        let list = file("let a = Operation(\n    \"ask\", .get, \"/a\")", at: "Sources/WaybillAPI/A.swift")
        let verb = file("Question(\"ask\")", at: "Sources/WaybillCommand/A.swift")
        #expect(OperationRules.unasked(in: [list]).count == 1)
        #expect(OperationRules.unasked(in: [list, verb]) == [])
        #expect(OperationRules.unasked(in: [list], excepting: ["ask": "planted"]) == [])
        let one = "static let ask = Operation(\n    \"ask\", .get, \"/a\")\n"
        #expect(OperationRules.crowded([file(one, at: "Sources/WaybillAPI/A.swift")]) == [])
        #expect(OperationRules.crowded([file(one + one, at: "Sources/WaybillAPI/A.swift")]).count == 1)
    }

    @Test func `in the manifest is found`() {
        let manifest = Manifest(
            """
            let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
            .target(name: "WaybillEngine", dependencies: ["WaybillCore", grdb], swiftSettings: house),
            .target(name: "Unheard"),
            .testTarget(name: "CrashTests", dependencies: ["WaybillCommand", "WaybillCore"], swiftSettings: house),
            """)
        #expect(
            ImportRules.violations(in: manifest).map(\.message) == [
                "WaybillEngine may not depend on GRDB", "target Unheard is not in the import table",
                "CrashTests tests what is shipped and may not depend on [\"WaybillCore\"]",
            ])
        #expect(FeatureRules.withoutHouseSettings(manifest) == ["Unheard"])
        let undeclared = file("import WaybillTimeouts\nimport WaybillCore", at: "Sources/WaybillEngine/A.swift")
        #expect(ImportRules.undeclared(in: undeclared, manifest).map(\.line) == [1])
    }

    @Test(arguments: ["groups.state.withLock { $0.ends }", "extension GroupMemory {}"])
    func `that takes a lock elsewhere is found`(text: String) {
        #expect(LockRules.violations(in: file(text, at: "Sources/WaybillBroker/Finding/A.swift")).count == 1)
        #expect(LockRules.violations(in: file(text, at: "Sources/WaybillBroker/Memory/A.swift")) == [])
    }

    @Test func `of a page is found`() {
        let page = file("see `A/B.swift` and `A/C.swift`\n| `Send` | `WaybillBroker/S.swift` | x |\n", at: "P.md")
        #expect(PageRules.deadPaths(in: page, ["Sources/A/B.swift", "Sources/WaybillBroker/S.swift"]).count == 1)
        let listed = file("package struct Send: BrokerVerb {\n}", at: "Sources/WaybillBroker/S.swift")
        let unlisted = file("package struct Fail: BrokerVerb {\n}", at: "Sources/WaybillBroker/F.swift")
        #expect(PageRules.unlistedVerbs(in: [listed, unlisted], page).map(\.path) == [unlisted.path])
        let front = file("# ``Shop``\n- <doc:Known>\n", at: "Shop.docc/Shop.md")
        let known = file("# Known\nsee <doc:Known>, <doc:Gone> and <doc:Lost>\n", at: "Shop.docc/Known.md")
        let lost = file("# Lost\n", at: "Shop.docc/Lost.md")
        #expect(
            PageRules.deadLinks(in: known, among: [front, known, lost]).map(\.message) == ["there is no page Gone"])
        #expect(PageRules.unlisted([front, known, lost]).map(\.path) == [lost.path])
    }

    @Test(arguments: [
        "let now = Date()", "try await Task.sleep(for: .seconds(1))", "let id = UUID()", "Int.random(in: 0..<3)",
        "names.shuffled()", "semaphore.wait(timeout: .now() + 1)", "print(\"\\(Date())\")",
    ])
    func `of the ban on clocks is found`(text: String) {
        #expect(ClockRules.violations(in: file(text)).count == 1)
    }

    @Test(arguments: [
        "// Date() is banned", "let text = \"Date()\"", "Int.random(in: 0..<3, using: &generator)", "civilDate()",
        "world.now()",
    ])
    func `of the ban on clocks is not seen where there is none`(text: String) {
        #expect(ClockRules.violations(in: file(text)) == [])
    }

    @Test func `of an exception's own file stays an exception`() {
        let exceptions = [ClockRules.Exception(path: "Sources/A/B.swift", words: ["Date()"], reason: "planted")]
        let excepted = file("Date(); UUID()", at: "Sources/A/B.swift")
        #expect(ClockRules.violations(in: excepted, excepting: exceptions).count == 1)
    }

    @Test func `of the size limits is found`() {
        let longFile = String(repeating: "let a = 1\n", count: SizeRules.fileLinesMax + 1)
        #expect(SizeRules.violations(in: file(longFile)).count == 1)
        let wideLine = "let a = " + String(repeating: "1", count: SizeRules.columnsMax)
        #expect(SizeRules.violations(in: file(wideLine)).count == 1)
        let longFunction = "func f(a: () -> Void = {}) {\n" + String(repeating: "  g {}\n", count: 69) + "}\n"
        #expect(SizeRules.violations(in: file(longFunction)).map(\.line) == [1])
        let fits = "protocol P {\n func f()\n}\ninit() {\n" + String(repeating: "  g {}\n", count: 68) + "}\n"
        #expect(SizeRules.violations(in: file(fits)) == [])
    }

    @Test(arguments: [
        "let a = b!", "let a = b()!.c", "try? f()", "try! f()", "a as! B", "fatalError()",
        "final class OrderManager {}",
        "final class A: @unchecked Sendable {}",
    ])
    func `that would trap or hide is found`(text: String) {
        #expect(!TrapRules.violations(in: file(text)).isEmpty)
    }

    @Test(arguments: [
        "if a != b {}", "if !a {}", "// b! and try!", "let text = \"b!\"", "struct Database {}", "var a: Entry?",
        "// Sendable: only one thread sees it.\nfinal class A: @unchecked Sendable {}",
    ])
    func `that would trap or hide is not seen where there is none`(text: String) {
        #expect(TrapRules.violations(in: file(text)) == [])
    }

    @Test func `of unfinished work is found`() {
        #expect(TrapRules.unfinishedWork(in: file("// TODO: later")).count == 1)
        #expect(TrapRules.unfinishedWork(in: file("-- FIXME", at: "Migrations/a.sql")).count == 1)
        #expect(TrapRules.unfinishedWork(in: file("let a = \"TODO\"")) == [])
    }

    @Test func `of the guards is found`() {
        let guards = file("#if !hasFeature(ExistentialAny)\n#error(\"off\")\n#endif")
        #expect(FeatureRules.unguarded(["ExistentialAny", "Misspelled"], in: guards) == ["Misspelled"])
    }
}

/// Taking a text apart, on which every other rule rests.
@Suite struct `A source text` {
    @Test(arguments: [
        ("a // b \"c\"\nd", "a         \nd"),
        ("a /* b /* c */ d */ e", "a                   e"),
        ("f(\"x // y\") + 1", "f(        ) + 1"),
        ("f(\"x\\(g(\"y\"))z\")", "f(   (g(   ))  )"),
        ("#\"a\"b\"# + c", "        + c"),
        ("\"\"\"\na \"b\" c\n\"\"\" + d", "   \n       \n    + d"),
        ("\"a\\\"b\" + c", "       + c"),
    ])
    func `keeps code and blanks the rest`(text: String, code: String) {
        #expect(SourceText(text).code == code)
    }
}
