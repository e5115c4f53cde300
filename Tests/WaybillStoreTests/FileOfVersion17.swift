import Testing
import WaybillCore
import WaybillStore

@Suite struct `A file of version 17` {
    private func oldFile() throws -> TemporaryFile {
        let file = try TemporaryFile()
        var settings = StoreSettings()
        settings.newestVersion = 17
        let store = try Store.open(file.path, settings: settings)
        try store.write { transaction in
            for number in 1...4 {
                let job = try transaction.insertJob(
                    kind: "timeouts", request: Text("{\"timeout\":\"t\(number)\"}"), cursor: "0", at: .noon)
                let state: JobRow.State = [.running, .done, .stopped, .running][number - 1]
                _ = try transaction.advanceJob(
                    job, to: state, cursor: Text("\(number)"), done: Int64(number),
                    at: .noon.advanced(by: .seconds(1)))
            }
        }
        store.close()
        return file
    }

    private static let jobs = "SELECT * FROM job ORDER BY number"

    @Test func `keeps its jobs to the byte, and one of them can be paused`() throws {
        let file = try oldFile()
        // Damage that a check would find is found afterwards too.
        try file.execute("UPDATE job SET request = '{}' WHERE number = 4")
        let before = try file.rows(Self.jobs)
        #expect(before.split(separator: "\n").count == 4)
        let store = try Store.open(file.path)
        #expect(try store.read { try $0.runningJobs(limit: 9) }.map(\.number) == [1, 4])
        #expect(try store.read { try $0.damagedRows(of: .job, limit: 9) }.count == 1)
        #expect(try store.schema() == Store.inMemory().schema())
        store.close()
        #expect(try file.rows(Self.jobs) == before)

        let again = try Store.open(file.path)
        #expect(
            try again.write { try $0.changeJob(1, from: .running, to: .paused, at: .noon.advanced(by: .hours(1))) })
        #expect(try again.read { try $0.job(1) }?.state == .paused)
        #expect(try again.read { try $0.damagedRows(of: .job, limit: 9) }.count == 1)
        again.close()
        let open = try Store.open(file.path)
        #expect(try open.read { try $0.runningJobs(limit: 9) }.map(\.number) == [4])
        #expect(try open.read { try $0.unfinishedJobs(limit: 9) }.map(\.number) == [1, 4])
        #expect(try open.read { try $0.countJobs(limit: 9) }.map(\.jobs) == [1, 1, 1, 1])
    }

    @Test func `is not opened by a release that knows no pauses`() throws {
        let file = try oldFile()
        try Store.open(file.path).close()
        var settings = StoreSettings()
        settings.newestVersion = 17
        #expect(failure { _ = try Store.open(file.path, settings: settings) }?.code == .newer)
    }
}
