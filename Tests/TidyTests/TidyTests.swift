import Testing

/// The habits of the house, held against every file that is checked in.
@Suite struct `The repository` {
    let manifest: Manifest

    init() throws { manifest = Manifest(try Repository.file("Package.swift").text) }

    @Test func `has files to check`() {
        #expect(Repository.sources.count > 50)
        #expect(Repository.tests.count > 10)
        #expect(manifest.targets.count > 10)
    }

    @Test func `imports only along the arrows of the table`() {
        #expect(Repository.sources.flatMap { ImportRules.violations(in: $0) } == [])
    }

    @Test func `declares only dependencies along the arrows of the table`() {
        #expect(ImportRules.violations(in: manifest) == [])
    }

    @Test func `declares what it imports`() {
        let files = Repository.sources + Repository.tests
        #expect(files.flatMap { ImportRules.undeclared(in: $0, manifest) } == [])
    }

    @Test func `takes the lock of the groups' memory in its folder only`() {
        #expect(Repository.sources.flatMap { LockRules.violations(in: $0) } == [])
    }

    @Test func `names in its pages files that there are`() {
        let sources = Set((Repository.sources + Repository.tests + Repository.texts).map(\.path))
        let pages = Repository.texts.filter { $0.path.hasSuffix(".md") }
        #expect(pages.flatMap { PageRules.deadPaths(in: $0, sources) } == [])
    }

    @Test func `links its pages to pages that there are, and lists each`() {
        let pages = Repository.texts.filter { $0.path.contains(".docc/") }
        #expect(pages.count > 20)
        #expect(pages.flatMap { PageRules.deadLinks(in: $0, among: pages) } == [])
        #expect(PageRules.unlisted(pages) == [])
    }

    @Test func `lists every verb of the broker`() throws {
        #expect(PageRules.unlistedVerbs(in: Repository.sources, try Repository.file(PageRules.verbs)) == [])
    }

    @Test func `has a verb for each operation, or says why it has none`() {
        #expect(OperationRules.unasked(in: Repository.sources) == [])
        #expect(OperationRules.unasked(in: Repository.sources, excepting: [:]).count > 15)
    }

    @Test func `has a file for each operation`() {
        #expect(OperationRules.crowded(Repository.sources) == [])
    }

    @Test func `reads clocks and rolls dice only in World`() {
        #expect((Repository.sources + Repository.tests).flatMap { ClockRules.violations(in: $0) } == [])
    }

    @Test func `has no exception that nothing needs`() {
        #expect(ClockRules.stale(Repository.sources + Repository.tests) == [])
        let paths = Set((Repository.sources + Repository.tests).map(\.path))
        #expect(SizeRules.longFiles.keys.filter { !paths.contains($0) } == [])
    }

    @Test func `keeps files, functions and lines short`() {
        #expect((Repository.sources + Repository.tests).flatMap { SizeRules.violations(in: $0) } == [])
    }

    @Test func `neither traps nor throws errors away`() {
        #expect(Repository.sources.flatMap { TrapRules.violations(in: $0) } == [])
    }

    @Test func `leaves no work for later`() {
        let files = Repository.sources + Repository.tests + Repository.texts
        #expect(files.flatMap { TrapRules.unfinishedWork(in: $0) } == [])
    }

    @Test func `shows no Swift that no test compiles`() throws {
        let files = [try Repository.file("README.md")] + Repository.texts + Repository.sources
        #expect(ExampleRules.untested(in: files, by: Repository.tests) == [])
    }

    @Test func `gives each test target a budget`() throws {
        let budgets = try Repository.file("Tests/budgets").lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }
        let named = budgets.compactMap { $0.split(separator: " ").first.map(String.init) }
        let targets = manifest.targets.filter { $0.kind == "testTarget" }.map(\.name)
        // What is no Swift brings a script of its own.
        #expect(named.sorted() == (targets + Repository.scripts).sorted())
    }

    @Test func `guards every feature that it switches on`() throws {
        let guards = try Repository.file("Sources/WaybillCore/Features.swift")
        #expect(!manifest.features.isEmpty)
        #expect(FeatureRules.unguarded(manifest.features, in: guards) == [])
        #expect(FeatureRules.withoutHouseSettings(manifest) == [])
    }
}
