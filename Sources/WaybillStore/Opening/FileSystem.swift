import Foundation

/// Whether SQLite's locks and shared memory hold where a file lies.
///
/// Asked of the kernel's table of mounts: `statfs`, which reports the same as a number, is not among the C functions
/// that Swift can see on Linux.
package enum FileSystem {
    /// File systems that another machine, or another process's code, stands behind.
    private static let refused: Set<String> = [
        "nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "9p", "afs", "ceph", "coda", "ncpfs", "lustre", "gfs2", "ocfs2",
        "glusterfs", "beegfs", "gpfs", "orangefs", "pvfs2", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "drvfs",
    ]

    /// Whether a file system of this type is one of those, or FUSE.
    package static func isRefused(_ type: String) -> Bool {
        refused.contains(type) || type == "fuse" || type == "fuseblk" || type.hasPrefix("fuse.")
    }

    /// Throws when the directory lies on a file system that is refused.
    static func check(directory: String) throws(StoreFailure) {
        #if os(Linux)
            let table: String
            do {
                table = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
            } catch {
                throw StoreFailure(
                    .cannotOpen, "/proc/self/mountinfo cannot be read, so nobody can say where \(directory) lies")
            }
            guard let type = type(of: directory, mounts: table), isRefused(type) else { return }
            throw StoreFailure(
                .networkFileSystem,
                "\(directory) lies on \(type), where SQLite's locks do not hold. Use a local disk.")
        #else
            let isLocal: Bool?
            do {
                isLocal = try URL(fileURLWithPath: directory).resourceValues(forKeys: [.volumeIsLocalKey]).volumeIsLocal
            } catch {
                throw StoreFailure(.cannotOpen, "\(directory): \(error.localizedDescription)")
            }
            guard isLocal == false else { return }
            throw StoreFailure(
                .networkFileSystem,
                "\(directory) lies on a network volume, where SQLite's locks do not hold. Use a local disk.")
        #endif
    }

    /// The file system type of the mount that `directory` lies in: the longest mount point that begins its path, and of
    /// several at one point the last, which covers the others.
    ///
    /// A line reads `id parent device root POINT options [optional...] - TYPE source options`.
    package static func type(of directory: String, mounts: String) -> String? {
        var best: (length: Int, type: String)?
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 4, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { continue }
            let point = unescape(fields[4])
            guard point == "/" || directory == point || directory.hasPrefix(point + "/") else { continue }
            if point.utf8.count >= best?.length ?? 0 { best = (point.utf8.count, String(fields[dash + 1])) }
        }
        return best?.type
    }

    /// The kernel writes space, tab, newline and backslash as three octal digits; the backslash must come last.
    private static func unescape(_ field: Substring) -> String {
        let escapes = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        return escapes.reduce(String(field)) { text, escape in
            text.replacingOccurrences(of: escape.0, with: escape.1)
        }
    }
}
